//! State files for tests, in AWS's own forms.

use super::{Places, Posture};

/// The account that the files are of.
pub(crate) const ACCOUNT: &str = "111122223333";

/// The first line of a credential report.
pub(crate) const HEADER: &str = "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,\
password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,\
access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,\
access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,\
cert_1_last_rotated,cert_2_active,cert_2_last_rotated";

/// A root without anything.
pub(crate) const ROOT_ROW: &str = "<root_account>,arn:aws:iam::111122223333:root,2020-01-01T00:00:00+00:00,\
not_supported,no_information,not_supported,not_supported,false,false,N/A,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,\
false,N/A";

/// The state of [`ACCOUNT`], from texts of files; no state without any.
pub(crate) fn load(files: &[String]) -> Posture {
    if files.is_empty() {
        return Posture::load(&Places::default());
    }
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join(ACCOUNT);
    std::fs::create_dir(&folder).unwrap();
    for (n, text) in files.iter().enumerate() {
        std::fs::write(folder.join(format!("{n}.json")), text).unwrap();
    }
    let posture = Posture::load(&Places { folders: vec![dir.path().to_owned()], ..Places::default() });
    let troubles: Vec<_> = posture.files.iter().filter_map(|file| file.trouble.clone()).collect();
    assert!(troubles.is_empty(), "{troubles:?}");
    posture
}
