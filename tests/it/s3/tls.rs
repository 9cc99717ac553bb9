//! TLS before a server on loopback, with a certificate that only the root in `tls/ca.pem` vouches for.

use std::sync::Arc;

use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::Server;

/// What speaks TLS, until it is dropped.
pub struct Front {
    url: String,
    _runtime: tokio::runtime::Runtime,
}

impl Front {
    /// Before `server`.
    pub fn of(server: &Server) -> Self {
        let certificate = CertificateDer::from_pem_slice(include_bytes!("tls/server.pem")).expect("a certificate");
        let key = PrivateKeyDer::from_pem_slice(include_bytes!("tls/server.key")).expect("a key");
        let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()));
        let config = config.with_safe_default_protocol_versions().expect("versions").with_no_client_auth();
        let config = config.with_single_cert(vec![certificate], key).expect("they belong together");
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a thread");
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a port");
        let url = format!("https://{}", listener.local_addr().expect("bound"));
        let behind = server.url().trim_start_matches("http://").to_owned();
        runtime.spawn(serve(listener, TlsAcceptor::from(Arc::new(config)), behind));
        Self { url, _runtime: runtime }
    }

    /// Where it listens.
    pub fn url(&self) -> &str {
        &self.url
    }
}

async fn serve(listener: TcpListener, acceptor: TlsAcceptor, behind: String) {
    while let Ok((client, _)) = listener.accept().await {
        let (acceptor, behind) = (acceptor.clone(), behind.clone());
        tokio::spawn(async move {
            // A client that does not trust the certificate goes away.
            let Ok(mut client) = acceptor.accept(client).await else { return };
            let mut server = TcpStream::connect(behind).await.expect("the server listens");
            let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
        });
    }
}
