//! What `-V` and `--version` say: the second also how this binary was built, for whoever gets a report about it.

/// `-V`.
pub const SHORT: &str = env!("CARGO_PKG_VERSION");

/// `--version`: the version, features, target, profile, compiler and licence, a line each.
pub fn long() -> String {
    let features =
        [("columnar", cfg!(feature = "columnar")), ("s3", cfg!(feature = "s3")), ("iam", cfg!(feature = "iam"))];
    let with: Vec<&str> = features.iter().filter(|(_, is_in)| *is_in).map(|(name, _)| *name).collect();
    let without: Vec<&str> = features.iter().filter(|(_, is_in)| !is_in).map(|(name, _)| *name).collect();
    let listed = |names: &[&str]| if names.is_empty() { "none".to_owned() } else { names.join(", ") };
    let without = if without.is_empty() { String::new() } else { format!(" (without {})", without.join(", ")) };
    format!(
        "{SHORT}\nfeatures  {}{without}\ntarget    {}\nprofile   {}\ncompiler  {}\nlicence   {}",
        listed(&with),
        env!("BUILD_TARGET"),
        env!("BUILD_PROFILE"),
        env!("BUILD_RUSTC"),
        env!("CARGO_PKG_LICENSE"),
    )
}
