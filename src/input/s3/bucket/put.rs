//! The requests that put an object: at once, or in parts that show nothing before they are complete.

use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::operation::create_multipart_upload::CreateMultipartUploadError;
use aws_sdk_s3::primitives::{ByteStream, SdkBody};
use aws_sdk_s3::types::{ChecksumAlgorithm, CompletedMultipartUpload, CompletedPart};

use super::super::explain::{Needs, Refusal, refusal_of};
use super::super::reach::Waits;
use super::Bucket;

/// A part that was put.
#[derive(Clone, Debug)]
pub struct PutPart {
    number: i32,
    etag: Option<String>,
    crc32: Option<String>,
}

impl Bucket {
    /// Puts an object whole.
    ///
    /// # Errors
    /// When no attempt goes well.
    pub async fn put(&self, key: &str, bytes: Vec<u8>) -> Result<(), Refusal> {
        let body = SdkBody::from(bytes);
        self.repeated(Waits::Receipt, |client| {
            let call = client.put_object().bucket(&self.name).key(key).body(stream_of(&body));
            let call = call.set_request_payer(self.payer());
            async move { call.send().await.map(drop).map_err(|error| refusal_of(&error, Needs::PutObject)) }
        })
        .await
    }

    /// Begins an upload in parts; gives its id, and `None` where the store takes no parts.
    ///
    /// # Errors
    /// When no attempt goes well.
    pub async fn begin_parts(&self, key: &str) -> Result<Option<String>, Refusal> {
        self.repeated(Waits::Receipt, |client| async move {
            let call = client.create_multipart_upload().bucket(&self.name).key(key);
            let call = call.checksum_algorithm(ChecksumAlgorithm::Crc32).set_request_payer(self.payer());
            match call.send().await {
                Err(error) if takes_no_parts(&error) => Ok(None),
                Err(error) => Err(refusal_of(&error, Needs::PutObject)),
                Ok(begun) => begun.upload_id.map(Some).ok_or_else(|| Refusal::passing("S3 gives no id for the upload")),
            }
        })
        .await
    }

    /// Puts a part; parts are numbered from 1.
    ///
    /// # Errors
    /// When no attempt goes well.
    pub async fn put_part(&self, key: &str, upload: &str, number: i32, bytes: Vec<u8>) -> Result<PutPart, Refusal> {
        let body = SdkBody::from(bytes);
        self.repeated(Waits::Receipt, |client| {
            let call = client.upload_part().bucket(&self.name).key(key).upload_id(upload).part_number(number);
            let call = call.checksum_algorithm(ChecksumAlgorithm::Crc32).body(stream_of(&body));
            let call = call.set_request_payer(self.payer());
            async move {
                let put = call.send().await.map_err(|error| refusal_of(&error, Needs::PutObject))?;
                Ok(PutPart { number, etag: put.e_tag, crc32: put.checksum_crc32 })
            }
        })
        .await
    }

    /// Makes an object of parts, in the order of their numbers.
    ///
    /// # Errors
    /// When no attempt goes well.
    pub async fn complete_parts(&self, key: &str, upload: &str, mut parts: Vec<PutPart>) -> Result<(), Refusal> {
        parts.sort_by_key(|part| part.number);
        let parts = parts.into_iter().map(|part| {
            let completed = CompletedPart::builder().part_number(part.number);
            completed.set_e_tag(part.etag).set_checksum_crc32(part.crc32).build()
        });
        let parts = CompletedMultipartUpload::builder().set_parts(Some(parts.collect())).build();
        self.repeated(Waits::Receipt, |client| {
            let call = client.complete_multipart_upload().bucket(&self.name).key(key).upload_id(upload);
            let call = call.multipart_upload(parts.clone()).set_request_payer(self.payer());
            async move { call.send().await.map(drop).map_err(|error| refusal_of(&error, Needs::PutObject)) }
        })
        .await
    }

    /// Removes the parts of an upload.
    ///
    /// # Errors
    /// When no attempt goes well.
    pub async fn abort_parts(&self, key: &str, upload: &str) -> Result<(), Refusal> {
        self.repeated(Waits::Receipt, |client| async move {
            let call = client.abort_multipart_upload().bucket(&self.name).key(key).upload_id(upload);
            let sent = call.set_request_payer(self.payer()).send().await;
            sent.map(drop).map_err(|error| refusal_of(&error, Needs::AbortMultipartUpload))
        })
        .await
    }
}

/// Whether a store says that it knows no uploads in parts.
fn takes_no_parts(error: &SdkError<CreateMultipartUploadError>) -> bool {
    let status = error.raw_response().map_or(0, |answer| answer.status().as_u16());
    matches!(error.code(), Some("NotImplemented" | "MethodNotAllowed")) || matches!(status, 405 | 501)
}

/// The body once more, for one attempt.
fn stream_of(body: &SdkBody) -> ByteStream {
    ByteStream::new(body.try_clone().expect("a body of bytes in memory can be had any number of times"))
}
