//! `userAgent`: which program it names, with its version and random parts left away.

/// The family of an absent `userAgent`.
pub const NO_AGENT: &str = "none";

/// The family of a `userAgent`: the product that made the call, in lower case, without version. Not an AWS field.
///
/// | `userAgent` | family |
/// |---|---|
/// | empty | `none` |
/// | `aws-cli/2.17.3 Python/3.11.8 …`, `[aws-cli/1.27 …]` | `aws-cli` |
/// | `APN/1.0 HashiCorp/1.0 Terraform/1.6.2 …` | `terraform` (the product of an AWS partner) |
/// | `[S3Console/0.4, aws-internal/3 …]`, `RDS Console, aws-internal/3 …` | `s3console`, `rds-console` |
/// | `stratus-red-team_<uuid>` | `stratus-red-team` (a random or dated ending is no name) |
/// | `Mozilla/5.0 …` | `browser` |
/// | `signin.amazonaws.com`, `console.amazonaws.com` | `aws-console` |
/// | `secretsmanager.amazonaws.com` | `aws-service` |
/// | `AWS Internal` | `aws-internal` |
/// | no product name at all | `other` |
///
/// Sources: CloudTrail user guide, "CloudTrail record contents", `userAgent`, for the service and console values; APN
/// user agent format in AWS's partner guidance. The rest is inference from how programs name themselves.
///
/// Known misses: the text is the caller's own and can say anything, so an equal family is no proof of an equal program.
/// A program that only adds its name behind its SDK's is counted as the SDK. A client that claims to be Mozilla (some
/// scripts do) is a browser. Botocore and Boto3, or two generations of one SDK, are different families.
pub fn agent_family(user_agent: &str) -> String {
    let text = unbracketed(user_agent);
    if text.is_empty() {
        return NO_AGENT.to_owned();
    }
    if let Some(family) = of_aws_itself(text) {
        return family.to_owned();
    }
    if text.starts_with("Mozilla/") || text.starts_with("Opera/") {
        return "browser".to_owned();
    }
    let name = if text.starts_with("APN/") { partner_product(text) } else { first_product(text) };
    let name = without_version(without_random_ending(name)).to_lowercase();
    let words: Vec<&str> = name.split_whitespace().collect();
    if words.is_empty() { "other".to_owned() } else { words.join("-") }
}

/// Begins of words of a `userAgent` that tell of one call or of settings, and so differ between the calls of one program on
/// one machine: the command, the API and the version of its module, the features in use, prompts and settings.
///
/// Source: AWS SDKs and tools reference, "User agent header"; the AWS CLI, botocore and the SDK for Go v2 as they write it.
const OF_ONE_CALL: &[&str] = &["command/", "md/command#", "api/", "m/", "prompt/", "md/prompt", "cfg/"];

/// A `userAgent` without what differs between the calls of one program on one machine. Product, version, system,
/// architecture and language stay.
pub fn agent_without_call(user_agent: &str) -> String {
    let words = unbracketed(user_agent).split_whitespace();
    let stays = |word: &&str| !OF_ONE_CALL.iter().any(|begin| word.starts_with(begin));
    words.filter(stays).collect::<Vec<_>>().join(" ")
}

/// Programs that look for leaked keys or try out what they open, by their names in `userAgent`, in lower case.
const ATTACK_TOOLS: &[&str] = &[
    "trufflehog",
    "stratus-red-team",
    "pacu",
    "cloudfox",
    "weirdaal",
    "enumerate-iam",
    "aws_consoler",
    "aws-consoler",
    "s3scanner",
];

/// Systems made for attacks: the version of their kernel names them in the `userAgent` of the AWS CLI and of SDKs.
const ATTACK_SYSTEMS: &[&str] = &["kali", "parrot", "pentoo", "blackarch"];

/// The program or system of attackers and testers that a `userAgent` names: `trufflehog`, `kali`.
///
/// Sources: the programs' own documentation; GuardDuty finding types, `PenTest:IAMUser/KaliLinux` and its like.
///
/// Known misses: who attacks can name any program. A security team that tests its own account is named as well. A system
/// whose kernel does not say its name (BlackArch mostly) is not seen.
pub fn attack_tool(user_agent: &str) -> Option<&'static str> {
    let text = user_agent.to_ascii_lowercase();
    let is_cli = text.trim_start_matches('[').starts_with("aws-cli/");
    let is_tool = |name: &str| text.split(is_between_products).any(|product| is_product_of(product, name));
    let is_system = |name: &str| systems(&text, is_cli).any(|system| has_word(system, name));
    // Hardly any text holds one of the names at all.
    let named = |name: &&&str| memchr::memmem::find(text.as_bytes(), name.as_bytes()).is_some();
    let tool = ATTACK_TOOLS.iter().filter(named).find(|name| is_tool(name));
    tool.or_else(|| ATTACK_SYSTEMS.iter().filter(named).find(|name| is_system(name))).copied()
}

fn is_between_products(c: char) -> bool {
    c.is_whitespace() || matches!(c, ',' | ';' | '(' | ')' | '[' | ']')
}

/// Whether a product of a `userAgent` has that name, as a whole: `pacu/1.5`, `pacu_session`, `stratus-red-team-<uuid>`, and
/// `app/pacu`, but not `pacu-billing`. SDKs write the application's own name behind `app/`.
///
/// Source: AWS SDKs and tools reference, "Application ID".
fn is_product_of(product: &str, name: &str) -> bool {
    let Some(rest) = product.strip_prefix("app/").unwrap_or(product).strip_prefix(name) else { return false };
    let is_run = || rest.strip_prefix('-').is_some_and(|run| is_uuid(run) && run.len() == UUID || is_version(run));
    rest.is_empty() || rest.starts_with(['/', ':', '_']) || is_run()
}

/// Where programs write which system they run on: the version of its kernel, `Linux/6.1.0-kali9-amd64` or
/// `os/linux#6.11.2-kali-amd64`, and of the AWS CLI also the distribution, `source/x86_64.kali.2023` or
/// `md/distrib#kali.2024`. An application that only is called so stands elsewhere.
///
/// Sources: botocore, `useragent.py`; AWS CLI version 2, `clidriver.py`.
fn systems(text: &str, is_cli: bool) -> impl Iterator<Item = &str> {
    const KERNELS: [&str; 2] = ["linux/", "os/linux#"];
    const DISTRIBUTIONS: [&str; 3] = ["source/", "exe/", "md/distrib#"];
    text.split_whitespace().filter(move |word| {
        let begins = |begin: &&str| word.starts_with(*begin);
        KERNELS.iter().any(begins) || is_cli && DISTRIBUTIONS.iter().any(begins)
    })
}

/// Whether `word` stands in `text` without a letter beside it that would make it another word.
fn has_word(text: &str, word: &str) -> bool {
    let is_letter = |beside: Option<char>| beside.is_some_and(char::is_alphabetic);
    text.match_indices(word).any(|(start, _)| {
        !is_letter(text[..start].chars().next_back()) && !is_letter(text[start + word.len()..].chars().next())
    })
}

/// Where a program says that AWS runs it: `EC2` of `exec-env/EC2`. CloudShell, where a person types, is left out.
///
/// Source: AWS SDKs and tools reference, `AWS_EXECUTION_ENV`, which SDKs add to their `userAgent` as `exec-env/…`.
pub fn execution_environment(user_agent: &str) -> Option<&str> {
    let (_, after) = user_agent.split_once("exec-env/")?;
    let name = after.split(|c: char| c.is_whitespace() || c == ']').next().unwrap_or_default();
    (!name.is_empty() && !name.eq_ignore_ascii_case("CloudShell")).then_some(name)
}

/// Begins of families of SDKs and HTTP libraries: what programs call with, not people at a terminal or in a browser.
const PROGRAMS: &[&str] = &[
    "aws-sdk",
    "boto",
    "botocore",
    "python",
    "go-http",
    "okhttp",
    "axios",
    "node",
    "java",
    "ruby",
    "apache-http",
    "aiohttp",
    "hadoop",
    "fluent",
    "logstash",
    "filebeat",
    "telegraf",
    "vector",
    "minio",
    "rclone",
    "s3fs",
    "velero",
    "restic",
];

/// Whether a family is that of an SDK or HTTP library, and not of a command line, a console or a tool that people start.
///
/// Known misses: tools that people start are often built on an SDK and name only that (aws-vault, k9s).
pub fn is_program(family: &str) -> bool {
    PROGRAMS.iter().any(|begin| family.starts_with(begin))
}

/// Without the brackets that some services write around it.
fn unbracketed(user_agent: &str) -> &str {
    let text = user_agent.trim();
    text.strip_prefix('[').map_or(text, |inner| inner.strip_suffix(']').unwrap_or(inner)).trim()
}

/// What AWS writes where no program of a customer made the call.
fn of_aws_itself(text: &str) -> Option<&'static str> {
    match text {
        "signin.amazonaws.com" | "console.amazonaws.com" => Some("aws-console"),
        _ if text.starts_with("AWS Internal") => Some("aws-internal"),
        _ if super::address::is_service_host(text) && !text.contains(char::is_whitespace) => Some("aws-service"),
        _ => None,
    }
}

/// `Boto3` of `Boto3/1.34.1 md/…`; `RDS Console` of `RDS Console, aws-internal/3 …`.
fn first_product(text: &str) -> &str {
    match text.split_once(',') {
        Some((name, rest)) if rest.starts_with(" aws-internal/") => name.split('/').next().unwrap_or_default(),
        _ => text.split(is_after_name).next().unwrap_or_default(),
    }
}

/// `Terraform` of `APN/1.0 HashiCorp/1.0 Terraform/1.6.2 (…) …`: the product follows the partner.
fn partner_product(text: &str) -> &str {
    let mut named = text.split_whitespace().skip(1).filter_map(|word| word.split_once('/').map(|(name, _)| name));
    let partner = named.next().unwrap_or_default();
    named.next().filter(|product| product.starts_with(char::is_alphabetic)).unwrap_or(partner)
}

fn is_after_name(c: char) -> bool {
    c.is_whitespace() || matches!(c, '/' | ',' | ';' | '(' | ')' | ':')
}

/// Leaves away a last part that is a UUID, a long hexadecimal id or a date: it tells runs apart, not programs.
fn without_random_ending(name: &str) -> &str {
    let tail = name.len().checked_sub(UUID).and_then(|start| name.get(start..));
    if let Some(uuid) = tail.filter(|tail| is_uuid(tail)) {
        return name[..name.len() - uuid.len()].trim_end_matches(is_separator);
    }
    match name.rfind(is_separator) {
        Some(cut) if is_id(&name[cut + 1..]) => name[..cut].trim_end_matches(is_separator),
        None if is_id(name) => "",
        _ => name,
    }
}

/// Leaves away a last `-1.2.3`: some programs put no slash before their version.
fn without_version(name: &str) -> &str {
    match name.rsplit_once(is_separator) {
        Some((rest, last)) if is_version(last) => rest.trim_end_matches(is_separator),
        _ => name,
    }
}

/// How long a UUID is.
const UUID: usize = 36;

fn is_separator(c: char) -> bool {
    matches!(c, '_' | '-')
}

fn is_uuid(text: &str) -> bool {
    text.bytes().enumerate().all(|(i, b)| if matches!(i, 8 | 13 | 18 | 23) { b == b'-' } else { b.is_ascii_hexdigit() })
}

/// At least eight hexadecimal digits with a decimal one among them; a word such as `deadbeef` stays a name.
fn is_id(text: &str) -> bool {
    text.len() >= 8 && text.bytes().all(|b| b.is_ascii_hexdigit()) && text.bytes().any(|b| b.is_ascii_digit())
}

fn is_version(text: &str) -> bool {
    let digits = text.strip_prefix('v').unwrap_or(text);
    digits.contains('.') && digits.split('.').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn families_of_known_agents() {
        for (agent, family) in [
            ("", "none"),
            ("[]", "none"),
            ("aws-cli/2.17.3 Python/3.11.8 Linux/5.10 exe/x86_64", "aws-cli"),
            ("[aws-cli/1.27.1 Python/3.8]", "aws-cli"),
            ("Boto3/1.34.5 md/Botocore#1.34 ua/2.0", "boto3"),
            ("aws-sdk-go/1.50.2 (go1.21; linux; amd64) amazon-ssm-agent/", "aws-sdk-go"),
            ("aws-sdk-go-v2/1.17.0 os/linux", "aws-sdk-go-v2"),
            ("APN/1.0 HashiCorp/1.0 Terraform/1.6.2 (+https://www.terraform.io) terraform-provider-aws/4", "terraform"),
            ("[APN/1.0 HashiCorp/1.0 Terraform/1.1.2]", "terraform"),
            ("APN/1.0 Example/2.0", "example"),
            ("APN/1.0", "other"),
            ("[S3Console/0.4, aws-internal/3 aws-sdk-java/1.12.488 Linux]", "s3console"),
            ("RDS Console, aws-internal/3 aws-sdk-java/1.11.975", "rds-console"),
            ("stratus-red-team_01234567-89ab-cdef-0123-456789abcdef", "stratus-red-team"),
            ("01234567-89ab-cdef-0123-456789abcdef", "other"),
            ("job-20240131 python", "job"),
            ("fleet-deadbeef/1", "fleet-deadbeef"),
            ("okta-1.2.3", "okta"),
            ("Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/102.0", "browser"),
            ("MozillaBot/1.0", "mozillabot"),
            ("signin.amazonaws.com", "aws-console"),
            ("secretsmanager.amazonaws.com", "aws-service"),
            ("amazonaws.com.example/1", "amazonaws.com.example"),
            ("AWS Internal", "aws-internal"),
            ("python-requests/2.31.0", "python-requests"),
            ("a b\ttab \"quote\", comma\nnewline", "a"),
            ("(comment)", "other"),
            ("é_01234567-89ab-cdef-0123-456789abcdef", "é"),
        ] {
            assert_eq!(agent_family(agent), family, "{agent}");
        }
    }

    #[test]
    fn calls_of_one_program_differ_at_the_end() {
        let cli = "aws-cli/2.17.44 Python/3.11.8 Darwin/23.4.0 exe/x86_64";
        for agent in [
            format!("{cli} prompt/off command/s3.ls"),
            format!("[{cli} prompt/off command/logs.tail]"),
            format!("{cli} cfg/retry-mode#standard md/prompt#off md/command#ssm.start-session"),
            format!("{cli}  m/Z,b,D"),
            format!("{cli} api/rds#1.81.5"),
        ] {
            assert_eq!(agent_without_call(&agent), cli, "{agent}");
        }
        for other in
            ["aws-cli/2.17.45", "Linux/5.4", "md/arch#arm64", "lang/python#3.12", "app/commands", "exec-env/EC2"]
        {
            assert_ne!(agent_without_call(&format!("{cli} {other}")), cli, "{other}");
        }
        assert_eq!(agent_without_call("[]"), "");
    }

    #[test]
    fn tools_of_attackers_and_words_that_only_look_like_them() {
        for (agent, tool) in [
            ("TruffleHog", Some("trufflehog")),
            ("TruffleHog/3.63", Some("trufflehog")),
            ("aws-cli/2.9.19 Python/3.11.2 Linux/6.1.0-kali9-amd64 source/x86_64.kali.2023", Some("kali")),
            ("Boto3/1.34 Linux/6.5.0-13parrot1-amd64", Some("parrot")),
            ("stratus-red-team_01234567-89ab-cdef-0123-456789abcdef", Some("stratus-red-team")),
            ("Pacu/1.5", Some("pacu")),
            ("alkaline/1.0", None),
            ("kalimera/1.0", None),
            ("capacuum/1.0", None),
            ("[Boto3/1.34 md/Botocore#1.34 os/linux#6.11.2-kali-amd64 lang/python#3.12]", Some("kali")),
            ("aws-cli/2.22.1 md/distrib#kali.2024 os/linux#6.8", Some("kali")),
            ("Boto3/1.9 md/Botocore ua/2.0 app/pacu", Some("pacu")),
            ("Pacu_session/1", Some("pacu")),
            ("stratus-red-team-01234567-89ab-cdef-0123-456789abcdef", Some("stratus-red-team")),
            ("trufflehog-3.63.0", Some("trufflehog")),
            ("parrot-telemetry/2.0 aws-sdk-js/3.1", None),
            ("parrot/1.4.0 (drone fleet) aws-sdk-go/1.4", None),
            ("app/kali-backup aws-sdk-java/2.0", None),
            ("backup/1 md/distrib#kali.2024", None),
            ("aws-sdk-java/2.1 app/pacu-billing", None),
            ("pacu-0123456789ab/1", None),
            ("Mozilla/5.0 (X11; Linux x86_64; Kali) Firefox", None),
            ("aws-cli/2.17.3 Python/3.11.8 Linux/5.10", None),
            ("", None),
        ] {
            assert_eq!(attack_tool(agent), tool, "{agent}");
        }
    }

    #[test]
    fn where_aws_runs_a_program() {
        assert_eq!(execution_environment("Boto3/1.34.5 exec-env/EC2"), Some("EC2"));
        assert_eq!(execution_environment("[Boto3/1.34.5 exec-env/AWS_ECS_FARGATE]"), Some("AWS_ECS_FARGATE"));
        assert_eq!(execution_environment("aws-cli/2.15 exec-env/CloudShell exe/x86_64"), None, "a person types there");
        assert_eq!(execution_environment("aws-cli/2.15 exec-env/ x"), None);
        let of = |agent: &str| is_program(&agent_family(agent));
        assert!(of("Boto3/1.34") && of("aws-sdk-go-v2/1.17") && of("python-requests/2.31"));
        assert!(!of("aws-cli/2.17") && !of("Mozilla/5.0") && !of("") && !of("APN/1.0 HashiCorp/1.0 Terraform/1.6"));
    }

    proptest! {
        #[test]
        fn any_text_has_a_family_without_spaces(agent in any::<String>()) {
            let family = agent_family(&agent);
            prop_assert!(!family.is_empty() && !family.contains(char::is_whitespace));
            let _ = (attack_tool(&agent), execution_environment(&agent));
        }

        #[test]
        fn versions_do_not_matter(name in "[a-z]{2,9}-[g-z]{3}", a in 0u8.., b in 0u8..) {
            let with = |v: u8| agent_family(&format!("{name}/{v}.{v} Python/3"));
            prop_assert_eq!(with(a), with(b));
        }
    }
}
