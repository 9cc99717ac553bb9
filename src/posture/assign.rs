//! Which account a file is of: said by the user, by the file's own arns, by its folder, or by the files beside it.
//!
//! Credential reports and authorization details name their account. Access keys and other credentials, account summary,
//! password policy and enabled regions do not: their account is that of their folder (its name, or a caller identity in it), else the only one that the files
//! given with them name, and for access keys the only one that has all of their users.

use super::met::{Group, Met};
use super::parse::{Parsed, Part};
use super::{Account, AsOfBasis, Dated, Missing, Posture, Source, StateFile, StateKind, Trouble};
use crate::model::is_account_id;

/// Gives every file to its account: first those that name theirs, then the others.
pub(super) fn assign(posture: &mut Posture, groups: Vec<Group>) {
    let mut waiting = Vec::new();
    for group in groups {
        let own = group.own_accounts();
        posture.note_manifest(&group);
        let identity = group.identity();
        for met in group.files {
            let parsed = match met.parsed {
                Ok(parsed) => parsed,
                Err(why) => {
                    posture.files.push(Met { parsed: Err(String::new()), ..met }.unread(why));
                    continue;
                }
            };
            let folder = identity.clone().or_else(|| group.account_id.clone());
            let only = (own.len() == 1).then(|| own.iter().next().cloned()).flatten();
            let placed = Placed { file: met.file, kind: met.kind, said: met.said, parsed };
            match placed.account(folder).or(only) {
                Some(account) => posture.take(placed, account),
                None => waiting.push(placed),
            }
        }
    }
    for placed in waiting {
        match placed.by_elimination(posture) {
            Some(account) => posture.take(placed, account),
            None => posture.files.push(placed.unassigned()),
        }
    }
    posture.tell_missing();
}

/// A file that was read and looks for its account.
struct Placed {
    file: String,
    kind: Option<StateKind>,
    said: Option<String>,
    parsed: Parsed,
}

impl Placed {
    fn account(&self, folder: Option<String>) -> Option<String> {
        self.parsed.account_id.clone().or_else(|| self.said.clone()).or(folder)
    }

    /// The only account that it can be of: the one that has all users of its keys, or the only one there is.
    fn by_elimination(&self, posture: &Posture) -> Option<String> {
        let has_all = |account: &Account| match &self.parsed.part {
            Part::AccessKeys(keys) => keys.iter().all(|key| account.has_user(&key.user_name)),
            Part::ServiceCredentials(all) | Part::SshKeys(all) => {
                all.iter().all(|one| account.has_user(&one.user_name))
            }
            _ => true,
        };
        let mut accounts = posture.accounts.iter().filter(|(_, account)| has_all(account)).map(|(id, _)| id);
        let first = accounts.next()?;
        accounts.next().is_none().then(|| first.clone())
    }

    fn unassigned(self) -> StateFile {
        let flag = self.kind.filter(|kind| kind.has_flag()).map(StateKind::as_str);
        let flag =
            flag.map_or_else(String::new, |flag| format!("--{flag} ACCOUNT={} with the account's id, or ", self.file));
        let why =
            format!("does not say which account it is of: give {flag}--iam-dir with a folder named by the account id");
        self.state_file(None, Some(Trouble { damaged: false, why }))
    }

    fn state_file(&self, account_id: Option<String>, trouble: Option<Trouble>) -> StateFile {
        let (as_of, basis) = (self.parsed.as_of, self.parsed.basis);
        StateFile { file: self.file.clone(), kind: self.kind, account_id, as_of, basis, trouble }
    }
}

impl Account {
    fn has_user(&self, name: &str) -> bool {
        let reported = self.credentials.as_ref().is_some_and(|part| part.value.users.contains_key(name));
        let detailed = self.authorization.as_ref().and_then(|part| part.value.users.as_ref());
        reported || detailed.is_some_and(|users| users.contains_key(name))
    }
}

impl Posture {
    /// Keeps what the manifest of a snapshot says of the account: its organization, and what it has not.
    fn note_manifest(&mut self, group: &Group) {
        let Some(manifest) = group.manifest().filter(|manifest| is_account_id(&manifest.snapshot_of)) else { return };
        let file = group.files.iter().find(|met| met.kind == Some(StateKind::Manifest)).map(|met| met.file.clone());
        let account = self.accounts.entry(manifest.snapshot_of.clone()).or_default();
        account.organization = account.organization.take().or_else(|| manifest.organization.clone());
        for (kind, why) in manifest.missing() {
            let missing = Missing { manifest: file.clone().unwrap_or_default(), why: why.to_owned() };
            account.missing.insert(kind, missing);
        }
    }

    /// Tells what no file has in place of a part that is missing.
    fn tell_missing(&mut self) {
        for (account_id, account) in &mut self.accounts {
            let there: Vec<StateKind> = account.sources().iter().map(|source| source.kind).collect();
            account.missing.retain(|kind, _| !there.contains(kind));
            self.files.extend(account.missing.iter().map(|(kind, missing)| StateFile {
                file: missing.manifest.clone(),
                kind: Some(*kind),
                account_id: Some(account_id.clone()),
                as_of: None,
                basis: AsOfBasis::None,
                trouble: Some(Trouble { damaged: false, why: format!("lacks {kind}: {}", missing.why) }),
            }));
        }
    }

    fn take(&mut self, placed: Placed, account_id: String) {
        let other = placed.said.as_ref().filter(|said| **said != account_id);
        if let Some(said) = other {
            self.warnings.push(format!("{}: is of account {account_id}, not of {said}", placed.file));
        }
        if !is_account_id(&account_id) {
            let why = format!("names {account_id:?} as its account, which is not an account id");
            self.files.push(placed.state_file(None, Some(Trouble { damaged: false, why })));
            return;
        }
        let damage = placed.parsed.damage.clone();
        let trouble = damage.map(|why| Trouble { damaged: true, why });
        self.files.push(placed.state_file(Some(account_id.clone()), trouble));
        let Some(kind) = placed.kind.filter(|kind| StateKind::ALL.contains(kind)) else { return };
        let Parsed { part, as_of, basis, damage, .. } = placed.parsed;
        let source = Source { file: placed.file, kind, as_of, basis, whole: damage.is_none() };
        let account = self.accounts.entry(account_id.clone()).or_default();
        let unused = match part {
            Part::CredentialReport(value) => newer(&mut account.credentials, Dated { value, source }),
            Part::Authorization(value) => newer(&mut account.authorization, Dated { value, source }),
            Part::Summary(value) => newer(&mut account.summary, Dated { value, source }),
            Part::PasswordPolicy(value) => newer(&mut account.password_policy, Dated { value, source }),
            Part::EnabledRegions(value) => newer(&mut account.enabled_regions, Dated { value, source }),
            Part::VirtualMfa(value) => newer(&mut account.virtual_mfa, Dated { value, source }),
            Part::OidcProviders(value) => newer(&mut account.oidc_providers, Dated { value, source }),
            Part::SamlProviders(value) => newer(&mut account.saml_providers, Dated { value, source }),
            Part::LastAccessed(value) => newer(&mut account.last_accessed, Dated { value, source }),
            Part::AccessKeys(value) => together(&mut account.access_keys, Dated { value, source }),
            Part::ServiceCredentials(value) => together(&mut account.service_credentials, Dated { value, source }),
            Part::SshKeys(value) => together(&mut account.ssh_keys, Dated { value, source }),
            Part::CallerIdentity | Part::Manifest(_) | Part::Aside => None,
        };
        if let Some(file) = unused {
            self.warnings.push(format!("{file}: account {account_id} has newer state of that kind, which is used"));
        }
    }
}

/// One file a user is how AWS lists credentials, so all of them hold.
fn together<T>(known: &mut Option<Dated<Vec<T>>>, found: Dated<Vec<T>>) -> Option<String> {
    match known {
        Some(known) => known.value.extend(found.value),
        none => *none = Some(found),
    }
    None
}

/// Keeps the newer of two states, the first one where that cannot be told; gives the file that is not used.
fn newer<T>(known: &mut Option<Dated<T>>, found: Dated<T>) -> Option<String> {
    match known {
        Some(kept) if kept.source.as_of >= found.source.as_of => Some(found.source.file),
        Some(kept) => Some(std::mem::replace(kept, found).source.file),
        None => {
            *known = Some(found);
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;
    use crate::posture::testing::{HEADER, ROOT_ROW};
    use crate::posture::{NamedFile, Places};

    const SUMMARY: &str = r#"{"SummaryMap": {"AccountMFAEnabled": 1}}"#;
    const KEYS: &str =
        r#"{"AccessKeyMetadata": [{"UserName": "bob", "AccessKeyId": "AKIAIOSFODNN7EXAMPLE", "Status": "Active"}]}"#;

    fn report(account: &str, user: &str) -> String {
        let row =
            ROOT_ROW.replace("<root_account>", user).replace("111122223333:root", &format!("{account}:user/{user}"));
        // Only root's row has that.
        format!("{HEADER}\n{}\n", row.replacen("not_supported", "false", 1))
    }

    fn write(dir: &Path, name: &str, text: &str) {
        let path = dir.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn named(dir: &Path, files: &[(StateKind, &str, Option<&str>)]) -> Posture {
        let file = |&(kind, name, said): &(StateKind, &str, Option<&str>)| NamedFile {
            kind,
            account_id: said.map(str::to_owned),
            path: dir.join(name),
        };
        Posture::load(&Places { files: files.iter().map(file).collect(), ..Places::default() })
    }

    fn troubles(posture: &Posture) -> Vec<&str> {
        posture.files.iter().filter_map(|file| Some(file.trouble.as_ref()?.why.as_str())).collect()
    }

    #[test]
    fn folders_name_the_account_of_what_does_not() {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), "111122223333/summary.json", SUMMARY);
        write(dir.path(), "prod/any-name", SUMMARY);
        write(dir.path(), "prod/me.json", r#"{"UserId": "AIDA", "Account": "444455556666", "Arn": "a"}"#);
        write(dir.path(), "dev/summary.json", SUMMARY);
        write(dir.path(), "dev/report.csv", &report("123456789012", "bob"));
        write(dir.path(), "lost/summary.json", SUMMARY);
        write(dir.path(), "lost/notes.txt", "call the owner");
        let posture = Posture::load(&Places { folders: vec![dir.path().to_owned()], ..Places::default() });
        let with: Vec<&str> =
            posture.accounts.iter().filter(|(_, a)| a.summary.is_some()).map(|(id, _)| id.as_str()).collect();
        assert_eq!(with, ["111122223333", "123456789012", "444455556666"]);
        assert!(troubles(&posture)[0].contains("--account-summary ACCOUNT="), "{:?}", troubles(&posture));
        assert_eq!((troubles(&posture).len(), posture.warnings.len()), (1, 1));
    }

    #[test]
    fn named_files_say_their_account_or_the_others_do() {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), "a.csv", &report("111122223333", "Alice"));
        write(dir.path(), "b.csv", &report("444455556666", "bob"));
        write(dir.path(), "summary.json", SUMMARY);
        write(dir.path(), "keys.json", KEYS);
        let credentials = StateKind::CredentialReport;
        let one = named(dir.path(), &[(credentials, "a.csv", None), (StateKind::AccountSummary, "summary.json", None)]);
        assert!(one.accounts["111122223333"].summary.is_some());
        let both = [(credentials, "a.csv", None), (credentials, "b.csv", None)];
        let keys = named(dir.path(), &[both[0], both[1], (StateKind::AccessKeys, "keys.json", None)]);
        assert!(keys.accounts["444455556666"].access_keys.is_some(), "the account that has bob");
        let summary = named(dir.path(), &[both[0], both[1], (StateKind::AccountSummary, "summary.json", None)]);
        assert!(troubles(&summary)[0].starts_with("does not say which account"));
        let said = (StateKind::AccountSummary, "summary.json", Some("444455556666"));
        assert!(named(dir.path(), &[both[0], both[1], said]).accounts["444455556666"].summary.is_some());
        let wrong = named(dir.path(), &[(credentials, "a.csv", Some("444455556666"))]);
        assert!(wrong.warnings[0].contains("is of account 111122223333, not of 444455556666"));
    }

    #[test]
    fn of_two_states_the_newer_counts_and_bad_files_cost_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), "old.csv", &report("111122223333", "old"));
        write(dir.path(), "new.csv", &report("111122223333", "new").replace("2020-01-01", "2026-01-01"));
        write(dir.path(), "cut.json", r#"{"UserDetailList": [{"User"#);
        let credentials = StateKind::CredentialReport;
        for order in [["old.csv", "new.csv"], ["new.csv", "old.csv"]] {
            let found = named(
                dir.path(),
                &[
                    (credentials, order[0], None),
                    (StateKind::AuthorizationDetails, "cut.json", None),
                    (credentials, order[1], None),
                    (credentials, "gone.csv", None),
                ],
            );
            let account = &found.accounts["111122223333"];
            assert!(account.credentials.as_ref().unwrap().value.users.contains_key("new"));
            assert!(found.warnings.iter().any(|line| line.contains("old.csv")), "{:?}", found.warnings);
            assert_eq!(troubles(&found).len(), 2);
        }
    }

    #[test]
    fn a_file_of_another_kind_is_read_as_what_it_is() {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), "a.csv", &report("111122223333", "Alice"));
        let found = named(dir.path(), &[(StateKind::AuthorizationDetails, "a.csv", None)]);
        assert!(found.accounts["111122223333"].credentials.is_some());
        assert!(found.warnings[0].contains("holds a credential report, not account authorization details"));
    }
}
