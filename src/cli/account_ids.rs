//! `--account`: ids of accounts, or what `--account-names` calls them. A mistyped one is refused before anything is read: it
//! would read as a quiet account.

use trailscan::model::is_account_id;
use trailscan::posture::AccountNames;

use super::account_names;
use super::exit::Problem;
use super::flags::Common;

/// Puts the ids in the place of what was typed: `1111-2222-3333`, as the console shows an id, and names.
///
/// # Errors
/// [`Problem::Usage`] for what is neither an id nor a name.
pub fn resolve(common: &mut Common) -> Result<(), Problem> {
    let mut names: Option<AccountNames> = None;
    let mut ids = Vec::new();
    for typed in &common.account {
        match id(typed) {
            Some(id) => ids.push(id),
            // Said by the filters, as for every other flag.
            None if typed.is_empty() => ids.push(String::new()),
            None => {
                let file = common.account_names.as_deref();
                if let (None, Some(file)) = (&names, file) {
                    names = Some(account_names::read(file)?);
                }
                ids.extend(named(typed, names.as_ref())?);
            }
        }
    }
    common.account = ids;
    Ok(())
}

/// The id that was typed, with or without the hyphens of the console.
fn id(typed: &str) -> Option<String> {
    let typed = typed.trim();
    let groups: Vec<&str> = typed.split('-').collect();
    let id = if groups.iter().map(|group| group.len()).eq([4, 4, 4]) { groups.concat() } else { typed.to_owned() };
    is_account_id(&id).then_some(id)
}

/// The ids of the accounts of that name.
fn named(typed: &str, names: Option<&AccountNames>) -> Result<Vec<String>, Problem> {
    let refused = |why: String| Problem::usage(format!("--account {typed:?} is not an account id of 12 digits{why}"));
    if typed.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') {
        let digits = typed.bytes().filter(u8::is_ascii_digit).count();
        return Err(refused(format!(": it has {digits}")));
    }
    let Some(names) = names else {
        return Err(refused(", and names need --account-names FILE".to_owned()));
    };
    let ids: Vec<String> = names.ids_of(typed).map(str::to_owned).collect();
    if !ids.is_empty() {
        return Ok(ids);
    }
    let far = |name: &&str| strsim::osa_distance(&name.to_lowercase(), &typed.to_lowercase());
    let near = names.names().min_by_key(|name| (far(name), name.to_owned()));
    let near = near.map(|name| format!("; the nearest is {name:?}")).unwrap_or_default();
    Err(refused(format!(" and no name of --account-names{near}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_as_they_are_written() {
        for typed in ["111122223333", "1111-2222-3333", " 111122223333"] {
            assert_eq!(id(typed).as_deref(), Some("111122223333"), "{typed}");
        }
        for typed in ["11112222333", "1111-22223333", "1111*", "main", "", "1111222233334", "11-112222-3333"] {
            assert_eq!(id(typed), None, "{typed}");
        }
    }

    #[test]
    fn what_is_none_says_why() {
        let why = |typed: &str| named(typed, None).unwrap_err().to_string();
        assert_eq!(why("11112222"), "--account \"11112222\" is not an account id of 12 digits: it has 8");
        let named = "--account \"main\" is not an account id of 12 digits, and names need --account-names FILE";
        assert_eq!(why("main"), named);
    }
}
