//! What the user may set of `posture`.

use crate::report::{ReportOption, TextOption};

pub(in crate::report) const COMMON_GROUP: TextOption = TextOption {
    name: "common-group",
    value: "GROUP",
    is_many: false,
    about: "The group that every user should be in [default: the largest, where it is clear]",
};
pub(in crate::report) const CATEGORY_GROUP: TextOption = TextOption {
    name: "category-group",
    value: "GROUP",
    is_many: true,
    about: "A group of those of which every user should be in one; may be repeated",
};
pub(in crate::report) const MAX_AGE: ReportOption =
    ReportOption { name: "max-age", default: 90, min: 1, about: "Days after which an active access key is too old" };
pub(in crate::report) const UNUSED_GRACE: ReportOption =
    ReportOption { name: "unused-grace", default: 7, min: 0, about: "Days that a new access key may stay unused" };
pub(in crate::report) const IDLE_DAYS: ReportOption = ReportOption {
    name: "idle-days",
    default: 90,
    min: 1,
    about: "Days without use after which a user's credentials are idle",
};
pub(in crate::report) const PASSWORD_MAX_AGE: ReportOption = ReportOption {
    name: "password-max-age",
    default: 90,
    min: 1,
    about: "Days after which a console password is too old",
};
pub(in crate::report) const ROOT_DAYS: ReportOption = ReportOption {
    name: "root-days",
    default: 90,
    min: 1,
    about: "Days before the report in which root should not have been used",
};
pub(in crate::report) const MIN_PASSWORD_LENGTH: ReportOption = ReportOption {
    name: "min-password-length",
    default: 14,
    min: 6,
    about: "Characters that a password policy should ask for",
};
pub(in crate::report) const COMMON_SHARE: ReportOption = ReportOption {
    name: "common-share",
    default: 80,
    min: 51,
    about: "Per cent of users in the largest group from which it is the common group",
};
