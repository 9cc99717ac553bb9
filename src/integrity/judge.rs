//! Logs, by the digests that name them; then all that was found, in order.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::chain::{self, Link};
use super::hours::{Covered, Lack, Place, lacks};
use super::seen::DigestName;
use super::{Content, ListedLog, PublicKeys, SeenDigest, SeenLog, SeenObject, Standing, Verdict, Verified, What, bare};
use crate::input::{LogKey, file_name};
use crate::model::{EventTime, TimeWindow, quantity};

/// Seconds after an event from which its delivery is late. CloudTrail delivers within five minutes as a rule, and a log holds
/// five minutes of events.
///
/// Source: CloudTrail user guide, "How CloudTrail works".
const LATE_SECONDS: i64 = HOUR;

/// Seconds of an hour.
const HOUR: i64 = 3600;

/// What is to be judged, and by what.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// The public keys.
    pub keys: &'a PublicKeys,
    /// Who is asked for more, once it is known of which regions and times there are digests.
    pub more_keys: Option<&'a dyn KeySource>,
    /// Logs delivered in it are judged, and digests whose hours it meets; others only bear witness. All without one.
    pub window: Option<TimeWindow>,
    /// Hours that end later have not come yet.
    pub now: EventTime,
    /// The accounts; all when empty.
    pub accounts: &'a [String],
    /// The regions; all when empty.
    pub regions: &'a [String],
    /// Whether what is verified is listed, too.
    pub each: bool,
}

/// Who can be asked for public keys.
pub trait KeySource: Sync {
    /// The keys of these regions that signed digests in this time, and why some could not be had.
    fn keys(&self, regions: &BTreeSet<String>, span: (EventTime, EventTime)) -> (PublicKeys, Vec<String>);
}

/// The keys that were given, those that can be asked for these digests, and why some cannot.
fn keys_for(digests: &[SeenDigest], asked: &Asked<'_>) -> (PublicKeys, Vec<String>) {
    let mut keys = asked.keys.clone();
    let names = digests.iter().filter_map(|digest| DigestName::of(&digest.object.name()));
    let (regions, ends): (BTreeSet<String>, Vec<EventTime>) = names.map(|name| (name.chain.region, name.end)).unzip();
    let span = ends.iter().min().copied().zip(ends.iter().max().copied());
    let Some((source, (first, last))) = asked.more_keys.zip(span) else { return (keys, Vec::new()) };
    // A digest's hour begins before its end, and it may be signed after it.
    let (more, lacking) = source.keys(&regions, (first.plus_seconds(-HOUR), last.plus_seconds(2 * HOUR)));
    keys.extend(more);
    (keys, lacking)
}

/// Says of all objects how they stand to the digests among them. Where they are not all that was asked for, as after a stop,
/// what is not there is not missing.
pub fn judge(seen: Vec<SeenObject>, asked: &Asked<'_>, is_whole: bool) -> Verified {
    let (mut logs, mut digests): (Vec<SeenLog>, Vec<SeenDigest>) = (Vec::new(), Vec::new());
    for seen in seen {
        match seen {
            SeenObject::Log(log) => logs.push(log),
            SeenObject::Digest(digest) => digests.push(*digest),
        }
    }
    let (keys, lacking_keys) = keys_for(&digests, asked);
    let links = chain::judge(&digests, &keys);
    let mut found = Found { asked, is_whole, verified: Verified { notes: lacking_keys, ..Verified::default() } };
    links.iter().for_each(|link| found.digest(link));
    let (lacking, cut) = lacks(&links, asked.window, asked.now);
    lacking.iter().for_each(|lack| found.lack(lack));
    if cut > 0 {
        let chains = quantity(cut, "chain");
        found
            .verified
            .notes
            .push(format!("{chains} of digests began before what was read: not looked at further back"));
    }
    let listed = Listed::of(&links);
    let covered = Covered::of(&links);
    logs.iter().for_each(|log| found.log(log, &listed, &covered));
    found.missing(&logs, &listed);
    links.iter().for_each(|link| found.late(link));
    let mut verified = found.verified;
    verified.verdicts.sort();
    verified
}

/// What digests name.
struct Listed<'a> {
    /// By file name: in which digest, and as what.
    by_name: HashMap<&'a str, Vec<(&'a Link<'a>, &'a ListedLog)>>,
    /// By content.
    by_content: HashMap<[u8; 32], &'a Link<'a>>,
}

impl<'a> Listed<'a> {
    fn of(links: &'a [Link<'a>]) -> Self {
        let mut listed = Self { by_name: HashMap::new(), by_content: HashMap::new() };
        for link in links {
            for log in link.file().into_iter().flat_map(|file| &file.logs) {
                listed.by_name.entry(file_name(&log.object)).or_default().push((link, log));
                if let Some(hash) = log.hash {
                    let best = listed.by_content.entry(hash).or_insert(link);
                    if best.standing < link.standing {
                        *best = link;
                    }
                }
            }
        }
        listed
    }

    /// The entries for a file of this name, or for what it was packed from.
    fn of_name(&self, name: &str) -> &[(&'a Link<'a>, &'a ListedLog)] {
        let of = |name: &str| self.by_name.get(name).map(Vec::as_slice);
        let bare = name.strip_suffix(".zst").unwrap_or(name);
        of(name).or_else(|| of(&format!("{bare}.gz"))).unwrap_or_default()
    }
}

/// What is found, as it is found.
struct Found<'a> {
    asked: &'a Asked<'a>,
    is_whole: bool,
    verified: Verified,
}

impl Found<'_> {
    /// Adds a verdict, unless nobody asked for its account or region.
    fn add(&mut self, mut verdict: Verdict) {
        let is_wanted = |wanted: &[String], one: &String| wanted.is_empty() || wanted.contains(one);
        if !is_wanted(self.asked.accounts, &verdict.account_id) || !is_wanted(self.asked.regions, &verdict.region) {
            return;
        }
        if !self.is_whole && matches!(verdict.standing, Standing::Missing | Standing::Gap) {
            verdict.standing = Standing::Unverified;
            verdict.why = format!("{}, but not all that was asked for could be listed and read", verdict.why);
        }
        let of_account = self.verified.counts.entry(verdict.account_id.clone()).or_default();
        *of_account.entry((verdict.what, verdict.standing)).or_default() += 1;
        if self.asked.each || verdict.standing != Standing::Verified {
            self.verified.verdicts.push(verdict);
        }
    }

    /// Notes the days of which a digest names logs that were delivered late.
    fn late(&mut self, link: &Link<'_>) {
        let Some(file) = link.file().filter(|_| link.standing != Standing::Altered) else { return };
        for log in &file.logs {
            let Some((key, oldest)) = LogKey::parse(&log.object).zip(log.oldest) else { continue };
            if key.delivered.is_some_and(|delivered| oldest.plus_seconds(LATE_SECONDS) < delivered) {
                self.verified.late.entry((key.account_id, key.region)).or_default().insert(oldest.day());
            }
        }
    }

    fn is_in_window(&self, delivered: Option<EventTime>) -> bool {
        self.asked.window.zip(delivered).is_none_or(|(window, time)| window.contains(time))
    }

    fn digest(&mut self, link: &Link<'_>) {
        let of_name = link.name.as_ref().map(|name| (name.end, name.end));
        // What an altered one says of itself is not believed.
        let said = link.file().filter(|_| link.standing != Standing::Altered).map(|file| (file.start, file.end));
        let hours = said.or(of_name);
        let is_met = |(start, end): (EventTime, EventTime)| {
            self.asked.window.is_none_or(|window| start < window.until() && window.since() < end)
        };
        if !hours.is_none_or(is_met) {
            return;
        }
        let chain = link.name.as_ref().map(|name| &name.chain);
        let account_id = chain.map(|chain| &chain.account_id).or(link.file().map(|file| &file.account_id));
        self.add(Verdict {
            standing: link.standing,
            account_id: account_id.cloned().unwrap_or_default(),
            region: chain.map(|chain| chain.region.clone()).unwrap_or_default(),
            from: hours.map(|(start, _)| start),
            until: hours.map(|(_, end)| end),
            what: What::Digest,
            object: link.seen.object.name(),
            trail: chain.map(|chain| chain.trail.clone()).unwrap_or_default(),
            may_be_off: false,
            why: link.why.clone(),
        });
    }

    fn lack(&mut self, lack: &Lack<'_>) {
        let (chain, standing, what, object, (from, until), why) = match lack {
            Lack::Digest(chain, previous) => {
                let end = DigestName::of(&previous.object).map(|name| name.end);
                let object = format!("s3://{}/{}", previous.bucket, previous.object);
                let why = "the digest after it names it, and it is not there";
                (chain, Standing::Missing, What::Digest, object, (end, end), why)
            }
            Lack::Hours(chain, from, until) | Lack::NewChain(chain, from, until) | Lack::Ended(chain, from, until) => {
                let why = match lack {
                    Lack::NewChain(..) => {
                        "a chain of digests begins anew behind them: validation or logging was off, or the trail was made again"
                    }
                    Lack::Ended(..) => {
                        "the digests end before the window does: validation or logging was turned off, the trail was deleted, or digests were removed"
                    }
                    _ => "the digests of these hours are not there",
                };
                (chain, Standing::Gap, What::Hours, String::new(), (Some(*from), Some(*until)), why)
            }
        };
        let window = self.asked.window;
        let is_met = window.is_none_or(|window| {
            from.is_none_or(|from| from < window.until()) && until.is_none_or(|until| window.since() < until)
        });
        if is_met {
            self.add(Verdict {
                standing,
                account_id: chain.account_id.clone(),
                region: chain.region.clone(),
                from,
                until,
                what,
                object,
                trail: chain.trail.clone(),
                may_be_off: matches!(lack, Lack::NewChain(..) | Lack::Ended(..)),
                why: why.to_owned(),
            });
        }
    }

    fn log(&mut self, log: &SeenLog, listed: &Listed<'_>, covered: &Covered) {
        let (name, key) = (log.object.name(), log.object.key());
        let delivered = key.as_ref().and_then(|key| key.delivered);
        if !self.is_in_window(delivered) {
            return;
        }
        let entries = listed.of_name(file_name(&name));
        let by_content = match &log.content {
            Content::Whole(hash) if entries.is_empty() => listed.by_content.get(hash).copied(),
            _ => None,
        };
        let (standing, why) = match (entries, by_content) {
            ([], Some(link)) => matching(link),
            ([], None) => unnamed(log, key.as_ref(), covered),
            (entries, _) => against(&log.content, entries),
        };
        let link = entries.first().map(|(link, _)| *link).or(by_content);
        self.add(Verdict {
            standing,
            account_id: key.as_ref().map(|key| key.account_id.clone()).unwrap_or_default(),
            region: key.map(|key| key.region).unwrap_or_default(),
            from: delivered,
            until: None,
            what: What::Log,
            object: name,
            trail: link.and_then(|link| link.name.as_ref()).map(|name| name.chain.trail.clone()).unwrap_or_default(),
            may_be_off: false,
            why,
        });
    }

    /// What digests name and nobody saw.
    fn missing(&mut self, logs: &[SeenLog], listed: &Listed<'_>) {
        let names: HashSet<String> = logs.iter().map(|log| bare(&log.object.name()).to_owned()).collect();
        let contents: HashSet<[u8; 32]> = logs
            .iter()
            .filter_map(|log| match log.content {
                Content::Whole(hash) => Some(hash),
                _ => None,
            })
            .collect();
        let is_there = |log: &ListedLog| {
            names.contains(bare(&log.object)) || log.hash.is_some_and(|hash| contents.contains(&hash))
        };
        for entries in listed.by_name.values() {
            let believed = entries.iter().filter(|(link, _)| link.standing != Standing::Altered);
            let Some((link, log)) = believed.max_by_key(|(link, _)| link.standing) else { continue };
            let key = LogKey::parse(&log.object);
            let delivered = key.as_ref().and_then(|key| key.delivered);
            if is_there(log) || !self.is_in_window(delivered) {
                continue;
            }
            let (standing, why) = match logs.is_empty() {
                true => (Standing::Unverified, "no log object is in reach: give the folder above the digests' too"),
                false => (Standing::Missing, "it is not there, and a digest names it"),
            };
            let (account_id, region) = key.map(|key| (key.account_id, key.region)).unwrap_or_default();
            self.add(Verdict {
                standing,
                account_id,
                region,
                from: delivered,
                until: None,
                what: What::Log,
                object: format!("s3://{}/{}", log.bucket, log.object),
                trail: link.name.as_ref().map(|name| name.chain.trail.clone()).unwrap_or_default(),
                may_be_off: false,
                why: format!("{why}: {}", file_name(&link.seen.object.name())),
            });
        }
    }
}

/// A log that holds what this digest names.
fn matching(link: &Link<'_>) -> (Standing, String) {
    match link.standing {
        Standing::Verified => (Standing::Verified, String::new()),
        standing => {
            let digest = file_name(&link.seen.object.name()).to_owned();
            let is = if standing == Standing::Altered { "was altered" } else { "is not proven" };
            (Standing::Unverified, format!("holds what its digest names, which {is}: {digest}"))
        }
    }
}

/// A log that digests name.
fn against(content: &Content, entries: &[(&Link<'_>, &ListedLog)]) -> (Standing, String) {
    let hash = match content {
        Content::Whole(hash) => Some(hash),
        Content::Broken(_) => None,
        Content::Unread(why) => return (Standing::Unverified, format!("could not be read: {why}")),
    };
    let fits = |log: &ListedLog| hash.is_some() && log.hash.as_ref() == hash;
    let best = |fitting: bool| {
        let entries = entries.iter().filter(|(_, log)| fits(log) == fitting);
        entries.map(|(link, _)| *link).max_by_key(|link| link.standing)
    };
    if let Some(link) = best(true) {
        return matching(link);
    }
    let Some(link) = best(false) else { return (Standing::Unverified, String::new()) };
    let digest = file_name(&link.seen.object.name()).to_owned();
    let what = match content {
        Content::Broken(why) => why.clone(),
        _ => "holds something else than was delivered".to_owned(),
    };
    match link.standing {
        Standing::Verified => (Standing::Altered, format!("{what}, by {digest}")),
        Standing::Altered => (Standing::Unverified, format!("{what}, by a digest that was altered itself: {digest}")),
        _ => (Standing::Altered, format!("{what}, by {digest}, itself not proven: one of the two was altered")),
    }
}

/// A log that no digest in reach names.
fn unnamed(log: &SeenLog, key: Option<&LogKey>, covered: &Covered) -> (Standing, String) {
    let unverified = |why: &str| (Standing::Unverified, why.to_owned());
    if let Content::Unread(why) = &log.content {
        return (Standing::Unverified, format!("could not be read: {why}"));
    }
    let Some((key, delivered)) = key.and_then(|key| Some((key, key.delivered?))) else {
        return unverified("its name is not one that CloudTrail gives, and no digest in reach names what it holds");
    };
    match covered.had_to_be_listed(&Place::of(&log.object.name(), &key.account_id, &key.region), delivered) {
        Some(true) => (Standing::Unlisted, "digests cover its hour, and none of them names it".to_owned()),
        Some(false) => unverified("no digest in reach covers its hour"),
        None => unverified("no digest of its account, region and folder is in reach"),
    }
}
