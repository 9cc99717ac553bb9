//! The rules of `keys`.

use crate::report::{Practice, Rule, Severity};

const UPDATE_KEYS: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id-credentials-access-keys-update.html";
const ACCESS_KEYS: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html";

/// Root has a key.
pub(super) const ROOT_KEY: Rule = Rule {
    id: "root-key",
    severity: Severity::Critical,
    practice: Some(Practice::NoRootKeys),
    techniques: &[],
    controls: &["1.4"],
    about: "Root's access key was used, created or changed, and was not deleted since: critical, or high where it was made \
            inactive.",
    check: "aws iam get-account-summary of the account: AccountAccessKeysPresent is 1 where root has a key.",
    fix: "Find what uses it (trailscan key-spread, trailscan root-usage), give that a role, and delete the key: sign in as \
          root, Security credentials, Access keys.",
    page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/root-user-best-practices.html",
};

/// A key that succeeds after its end.
pub(super) const USED_AFTER_END: Rule = Rule {
    id: "key-used-after-end",
    severity: Severity::High,
    practice: None,
    techniques: &[],
    controls: &[],
    about: "A call with the key succeeded more than 15 minutes after it was deleted (high) or made inactive (medium). IAM \
            needs moments to spread a change, not more.",
    check: "aws iam list-access-keys --user-name NAME says what it is now. An inactive key may have been made active again \
            in logs that were not read; a deleted one cannot: look for altered records.",
    fix: "Delete the key, and look at what it did: trailscan key-spread --access-key ID --min-addresses 0.",
    page: ACCESS_KEYS,
};

/// Older than the limit and used.
pub(super) const OVER_AGE: Rule = Rule {
    id: "key-over-age",
    severity: Severity::Medium,
    practice: Some(Practice::RotateKeys),
    techniques: &[],
    controls: &["1.14"],
    about: "The key was used with success when it was more than --max-age days old, or at least that old where its \
            creation is not known, and it is not known to be inactive or deleted.",
    check: "aws iam list-access-keys --user-name NAME has the day on which it was created.",
    fix: "Where it can be, use a role instead. Else create a second key, move its users over, make this one inactive, watch, \
          and delete it.",
    page: UPDATE_KEYS,
};

/// Made by somebody else.
pub(super) const CREATED_FOR_OTHER: Rule = Rule {
    id: "key-created-for-other",
    severity: Severity::Medium,
    practice: None,
    techniques: &["T1098.001"],
    controls: &[],
    about: "Somebody else than its owner created the key. Whoever creates a key sees its secret, and a key for another user is \
            a way to stay in an account. Low where it replaced a key of the owner that has ended, and is used from nowhere but that \
            one's networks. Of a key that was deleted since it is told where it was used from a network in which \
            no other key of its owner was: medium where it lived for a week at most, else low. Known misses: keys that were \
            deleted again and whose maker made five such keys, as a store of secrets does that hands them out; a thief who \
            takes over that store.",
    check: "Ask whoever created it; an administrator or a pipeline may do this every day.",
    fix: "Make the key inactive until it is explained, and let users create their own keys, if any.",
    page: ACCESS_KEYS,
};

/// Made active by somebody else.
pub(super) const SWITCHED_ON: Rule = Rule {
    id: "key-switched-on-again",
    severity: Severity::Medium,
    practice: None,
    techniques: &["T1098.001"],
    controls: &[],
    about: "A key that was inactive was made active again. Medium where that was more than a day before, and somebody else did \
            it and it was not used since only where it was used before, or the same principal did it to another's key and it \
            was used since where it was not before (a role is many people); low where nobody knows who made it \
            inactive, and the key is not the caller's own; info where one principal did both within a day, as who finds out \
            that something still needs the key. Old keys are forgotten, and so is who else has their secrets.",
    check: "Ask who called why the key was needed again, and look at its calls since: trailscan key-spread --access-key ID \
            --min-addresses 0.",
    fix: "Delete what nobody needs; an inactive key can be made active by whoever may call iam:UpdateAccessKey.",
    page: UPDATE_KEYS,
};

/// Not used any more.
pub(super) const UNUSED: Rule = Rule {
    id: "key-unused",
    severity: Severity::Low,
    practice: None,
    techniques: &[],
    controls: &["1.12"],
    about: "The key was active and then not used for --unused days or more, up to the last counted event of its account.",
    check: "aws iam get-access-key-last-used --access-key-id ID also knows of calls that no log holds (data events that the \
            trail leaves out). See that coverage has no gaps in these days.",
    fix: "Make it inactive, and delete it when nothing breaks.",
    page: ACCESS_KEYS,
};

/// Two at once.
pub(super) const TWO_ACTIVE: Rule = Rule {
    id: "two-active-keys",
    severity: Severity::Low,
    practice: None,
    techniques: &[],
    controls: &["1.13"],
    about: "Two keys of one user were active at the same time, and none is known to be inactive or deleted since: a rotation \
            that was not finished, or a key too many. Info while one of them is known to be younger than --max-age days.",
    check: "aws iam list-access-keys --user-name NAME says what both are now.",
    fix: "Finish the rotation: make the older one inactive, and delete it when nothing breaks.",
    page: UPDATE_KEYS,
};

/// Created and not used.
pub(super) const NEVER_USED: Rule = Rule {
    id: "key-never-used",
    severity: Severity::Low,
    practice: None,
    techniques: &[],
    controls: &["1.12"],
    about: "The key was created in the window and no counted event used it: low after --unused days, info before.",
    check: "aws iam get-access-key-last-used --access-key-id ID also knows of calls that no log holds.",
    fix: "Delete it; whoever needs a key can create one.",
    page: ACCESS_KEYS,
};

/// All of them, for the registry.
pub(super) const RULES: &[Rule] =
    &[ROOT_KEY, USED_AFTER_END, OVER_AGE, CREATED_FOR_OTHER, SWITCHED_ON, UNUSED, TWO_ACTIVE, NEVER_USED];
