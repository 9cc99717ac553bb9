//! An S3 server over loopback that serves folders as buckets, checks signatures, writes down what it is asked, and fails
//! on demand.

use std::collections::HashMap;
use std::convert::Infallible;
use std::path::Path;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::body::{Bytes, Frame, Incoming};
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use s3s::Body;
use s3s::service::{S3Service, S3ServiceBuilder};

/// How a request is answered instead.
#[derive(Clone, Debug)]
pub enum Fault {
    /// With an error of S3.
    Error(u16, &'static str, &'static str),
    /// With an error that names the bucket's region in a header.
    Elsewhere(&'static str),
    /// With so many bytes of the right answer, then the connection is closed; with none, there is no answer at all.
    CutAfter(usize),
    /// After this long.
    Late(Duration),
    /// With this XML.
    Xml(String),
    /// With this status and text, as other services than S3 answer.
    Text(u16, String),
    /// With a listing whose objects all lie in this storage class.
    Stored(&'static str),
    /// With the right text, changed.
    Edited(fn(&str) -> String),
    /// With the right answer, but for this header.
    Header(&'static str, &'static str),
}

/// A request.
#[derive(Clone, Debug)]
pub struct Asked {
    /// GET, HEAD.
    pub method: String,
    /// `/bucket/key`, decoded.
    pub path: String,
    /// The parameters of the query, and of a form, decoded.
    pub query: HashMap<String, String>,
    /// The headers that tests look at.
    pub headers: HashMap<String, String>,
    /// How often the same was asked before.
    pub before: usize,
}

impl Asked {
    /// Whether it lists.
    pub fn is_list(&self) -> bool {
        self.query.contains_key("list-type")
    }

    /// The access key that it is signed with, and for which service: `AKIA… sts`. Empty when it is not signed.
    pub fn signed_by(&self) -> (&str, &str) {
        let signature = self.headers.get("authorization").map_or("", String::as_str);
        let Some(rest) = signature.strip_prefix("AWS4-HMAC-SHA256 Credential=") else { return ("", "") };
        let (scope, rest) = rest.split_once(", SignedHeaders=").expect("signed headers");
        let (headers, hash) = rest.split_once(", Signature=").expect("a signature");
        assert!(headers.split(';').any(|name| name == "host") && headers.contains("x-amz-date"), "{signature}");
        assert!(hash.len() == 64 && hash.bytes().all(|digit| digit.is_ascii_hexdigit()), "{signature}");
        let parts: Vec<&str> = scope.split('/').collect();
        assert_eq!((parts.len(), parts[4]), (5, "aws4_request"), "{signature}");
        (parts[0], parts[3])
    }

    /// The prefix of a listing.
    pub fn prefix(&self) -> &str {
        self.query.get("prefix").map_or("", String::as_str)
    }
}

type Rule = Box<dyn Fn(&Asked) -> Option<Fault> + Send + Sync>;

/// A server, until it is dropped.
pub struct Server {
    state: Arc<State>,
    url: String,
    _runtime: tokio::runtime::Runtime,
}

struct State {
    service: S3Service,
    rule: Rule,
    asked: Mutex<Vec<Asked>>,
    most_at_once: Mutex<(usize, usize)>,
}

impl Server {
    /// Serves the folders in `root`, whatever `rule` says otherwise.
    pub fn start(root: &Path, rule: impl Fn(&Asked) -> Option<Fault> + Send + Sync + 'static) -> Self {
        let files = s3s_fs::FileSystem::new(root).expect("a folder");
        let mut builder = S3ServiceBuilder::new(files);
        let mut keys = s3s::auth::SimpleAuth::from_single(super::ACCESS_KEY, super::SECRET);
        keys.register(super::OTHER_KEY.to_owned(), super::SECRET.into());
        builder.set_auth(keys);
        let (asked, most_at_once) = (Mutex::default(), Mutex::default());
        let state = Arc::new(State { service: builder.build(), rule: Box::new(rule), asked, most_at_once });
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("threads");
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("bound"));
        runtime.spawn(serve(listener, Arc::clone(&state)));
        Self { state, url, _runtime: runtime }
    }

    /// Where it listens.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What was asked so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.state.asked.lock().unwrap().clone()
    }

    /// The listings so far: prefix, delimiter and start-after.
    pub fn listings(&self) -> Vec<(String, bool, Option<String>)> {
        let asked = self.asked();
        let lists = asked.iter().filter(|asked| asked.is_list());
        lists
            .map(|asked| {
                let by_folder = asked.query.contains_key("delimiter");
                (asked.prefix().to_owned(), by_folder, asked.query.get("start-after").cloned())
            })
            .collect()
    }

    /// How many objects were asked for, repeats included.
    pub fn gets(&self) -> usize {
        self.asked().iter().filter(|asked| asked.method == "GET" && !asked.is_list()).count()
    }

    /// How often it was asked whether it is there.
    pub fn heads(&self) -> usize {
        self.asked().iter().filter(|asked| asked.method == "HEAD").count()
    }

    /// The most requests that were under way at once.
    pub fn most_at_once(&self) -> usize {
        self.state.most_at_once.lock().unwrap().1
    }
}

async fn serve(listener: tokio::net::TcpListener, state: Arc<State>) {
    loop {
        let (stream, _) = listener.accept().await.expect("a connection");
        stream.set_nodelay(true).expect("a socket");
        let state = Arc::clone(&state);
        tokio::spawn(async move {
            let answer = |request| {
                let state = Arc::clone(&state);
                async move { Ok::<_, Infallible>(state.answer(request).await) }
            };
            let http = hyper_util::server::conn::auto::Builder::new(TokioExecutor::new());
            let service = hyper::service::service_fn(answer);
            // A connection that was cut is what was asked for.
            let _ = http.serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

impl State {
    async fn answer(&self, mut request: Request<Incoming>) -> Response<Body> {
        // Other services than S3 are asked by a form at the root.
        let is_form = request.method() == "POST" && request.uri().path() == "/";
        let form = if is_form { text_of(request.body_mut()).await } else { String::new() };
        let fault = self.note(&request, &form);
        let answer = match fault {
            None => self.right(request).await,
            Some(Fault::Late(delay)) => {
                tokio::time::sleep(delay).await;
                self.right(request).await
            }
            Some(Fault::Error(status, code, message)) => error(status, code, message),
            Some(Fault::Text(status, text)) => {
                Response::builder().status(status).body(Body::from(text)).expect("valid")
            }
            Some(Fault::Xml(xml)) => Response::new(Body::from(xml)),
            Some(Fault::Elsewhere(region)) => {
                let mut answer = error(301, "PermanentRedirect", "another endpoint");
                answer.headers_mut().insert("x-amz-bucket-region", region.parse().expect("a region"));
                answer
            }
            Some(Fault::CutAfter(bytes)) => {
                let right = self.right(request).await;
                right.map(|inner| Body::http_body_unsync(Cut { inner, left: bytes, flush: (bytes > 0).then(flush) }))
            }
            Some(Fault::Stored(class)) => {
                let stored = format!("<StorageClass>{class}</StorageClass></Contents>");
                edited(self.right(request).await, |xml| xml.replace("</Contents>", &stored)).await
            }
            Some(Fault::Edited(edit)) => edited(self.right(request).await, edit).await,
            Some(Fault::Header(name, value)) => {
                let mut right = self.right(request).await;
                right.headers_mut().insert(name, value.parse().expect("a header"));
                right
            }
        };
        self.most_at_once.lock().unwrap().0 -= 1;
        answer
    }

    async fn right(&self, request: Request<Incoming>) -> Response<Body> {
        let answer = hyper::service::Service::call(&self.service, request).await;
        answer.unwrap_or_else(|_| error(500, "InternalError", "the server failed"))
    }

    /// Writes a request down; gives how it is to fail.
    fn note(&self, request: &Request<Incoming>, form: &str) -> Option<Fault> {
        let query = request.uri().query().unwrap_or_default();
        let pairs =
            query.split('&').chain(form.split('&')).filter_map(|pair| pair.split_once('=').or(Some((pair, ""))));
        let headers = request.headers().iter();
        let mut asked = Asked {
            method: request.method().to_string(),
            path: decoded(request.uri().path()),
            query: pairs.map(|(name, value)| (decoded(name), decoded(value))).collect(),
            headers: headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap_or("").to_owned())).collect(),
            before: 0,
        };
        let mut all = self.asked.lock().unwrap();
        asked.before = all
            .iter()
            .filter(|other| (&other.method, &other.path, &other.query) == (&asked.method, &asked.path, &asked.query))
            .filter(|other| other.headers.get("range") == asked.headers.get("range"))
            .count();
        all.push(asked.clone());
        drop(all);
        let mut at_once = self.most_at_once.lock().unwrap();
        at_once.0 += 1;
        at_once.1 = at_once.1.max(at_once.0);
        drop(at_once);
        (self.rule)(&asked)
    }
}

fn error(status: u16, code: &str, message: &str) -> Response<Body> {
    let xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>{code}</Code><Message>{message}</Message>\
         <RequestId>EXAMPLEREQUEST</RequestId></Error>"
    );
    Response::builder().status(status).header("content-type", "application/xml").body(Body::from(xml)).expect("valid")
}

/// The answer with another text.
async fn edited(answer: Response<Body>, edit: impl Fn(&str) -> String) -> Response<Body> {
    let (mut parts, mut body) = answer.into_parts();
    let text = edit(&text_of(&mut body).await);
    parts.headers.remove("content-length");
    Response::from_parts(parts, Body::from(text))
}

async fn text_of<B>(body: &mut B) -> String
where
    B: hyper::body::Body<Data = Bytes, Error: std::fmt::Debug> + Unpin,
{
    let mut bytes = Vec::new();
    while let Some(frame) = std::future::poll_fn(|context| Pin::new(&mut *body).poll_frame(context)).await {
        bytes.extend_from_slice(&frame.expect("a body").into_data().expect("bytes"));
    }
    String::from_utf8(bytes).expect("UTF-8")
}

/// A body that breaks off.
struct Cut {
    inner: Body,
    left: usize,
    /// What was sent before must have left when the connection is closed.
    flush: Option<Pin<Box<tokio::time::Sleep>>>,
}

fn flush() -> Pin<Box<tokio::time::Sleep>> {
    Box::pin(tokio::time::sleep(Duration::from_millis(20)))
}

impl hyper::body::Body for Cut {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if self.left == 0 {
            if let Some(flush) = &mut self.flush {
                std::task::ready!(flush.as_mut().poll(context));
            }
            return Poll::Ready(Some(Err(std::io::ErrorKind::ConnectionReset.into())));
        }
        Pin::new(&mut self.inner).poll_frame(context).map(|frame| {
            let bytes = frame?.ok()?.into_data().ok()?;
            let kept = bytes.slice(..bytes.len().min(self.left));
            self.left = if kept.len() < bytes.len() { 0 } else { self.left - kept.len() };
            Some(Ok(Frame::data(kept)))
        })
    }
}

/// A text without its percent signs.
pub fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let mut digit = || rest.next().and_then(|digit| (digit as char).to_digit(16)).unwrap_or(0) as u8;
        bytes.push(if byte == b'%' { digit() * 16 + digit() } else { byte });
    }
    String::from_utf8(bytes).expect("UTF-8")
}
