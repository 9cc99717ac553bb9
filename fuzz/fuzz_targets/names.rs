//! Names of objects, addresses of S3 and ARNs: what is read of them stands in them.
#![no_main]

use libfuzzer_sys::fuzz_target;
use trailscan::input::{Input, LogKey, S3Uri};
use trailscan::model::{Arn, SourceAddress, agent_family, is_account_id};

fuzz_target!(|text: &str| {
    if let Some(key) = LogKey::parse(text) {
        assert!(text.contains(&*key.account_id) && text.contains(&*key.region), "{text}: {key:?}");
    }
    if let Some(uri) = S3Uri::parse(text) {
        assert!(S3Uri::is_meant(text) && text.contains(&*uri.bucket) && text.ends_with(&*uri.key), "{text}: {uri:?}");
    }
    let _ = Input::parse(text.into());
    let _ = Arn::parse(text);
    let _ = SourceAddress::parse(text);
    let _ = agent_family(text);
    let _ = is_account_id(text);
});
