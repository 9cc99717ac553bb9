//! Looking for `AWSLogs/` below a folder that is in no layout: the root of a bucket, or the prefix of a trail.
//!
//! Few folders are looked into; of many each is only asked whether it holds `AWSLogs/`, and of more than that only the
//! layouts' own names are. What lies beside what was found is told and not read.

use std::sync::Arc;

use tokio::task::JoinSet;

use super::bucket::{Bucket, ListRequest, Listed};
use super::explain::Refusal;
use super::place::last_part;
use crate::input::key::is_organization;
use crate::model::quantity;

/// How many levels of folders are looked into.
const LEVELS: usize = 4;
/// How many folders are looked into at most; those of a level past that are only asked for `AWSLogs/`.
const FOLDERS: usize = 200;
/// How many folders are asked for `AWSLogs/` at most.
const ASKED: usize = 10_000;
/// How many pages of one folder are looked at.
const PAGES: usize = 50;
/// How many folders are listed at once.
const AT_ONCE: usize = 32;
/// How many names stand for what is left unread.
const EXAMPLES: usize = 3;

/// What was found below a folder.
#[derive(Debug, Default)]
pub struct Explored {
    /// `AWSLogs/` folders.
    pub logs: Vec<String>,
    /// Folders without an `AWSLogs/` below, as far as was looked.
    others: Vec<String>,
    /// Objects in folders on the way there.
    objects: Objects,
    /// Whether there are folders whose names were not looked at.
    is_cut: bool,
    /// Whether there are folders that were only asked for `AWSLogs/`.
    is_shallow: bool,
}

/// Objects that are left unread: there may be millions, so few are named.
#[derive(Debug, Default)]
struct Objects {
    count: u64,
    first: Vec<String>,
}

/// What is directly in a folder.
#[derive(Debug, Default)]
struct Inside {
    folder: String,
    folders: Vec<String>,
    objects: Objects,
    is_cut: bool,
}

impl Explored {
    /// Looks below `root`, level by level, the folders of a level in parallel.
    ///
    /// # Errors
    /// When a folder cannot be listed.
    pub async fn below(bucket: &Arc<Bucket>, root: &str) -> Result<Self, Refusal> {
        let (mut found, mut insides, mut level) = (Self::default(), Vec::new(), vec![root.to_owned()]);
        let mut looked = 0;
        for _ in 0..LEVELS {
            looked += level.len();
            if looked > FOLDERS {
                found.is_shallow = true;
                found.is_cut |= level.len() > ASKED;
                level.truncate(ASKED);
                found.logs.extend(holding_logs(bucket, std::mem::take(&mut level)).await?);
            }
            let mut next = Vec::new();
            for mut inside in all(level.into_iter().map(|folder| inside(Arc::clone(bucket), folder))).await? {
                let folders = std::mem::take(&mut inside.folders).into_iter();
                let (logs, others): (Vec<_>, Vec<_>) = folders.partition(|folder| last_part(folder) == "AWSLogs");
                found.logs.extend(logs);
                found.others.extend(others.iter().cloned());
                found.is_cut |= inside.is_cut;
                insides.push(inside);
                next.extend(others);
            }
            // Where a folder holds more than is looked at, the layouts' own names are still asked for.
            next.sort_by_key(|folder| !is_organization(last_part(folder)));
            level = next;
        }
        Ok(found.sorted(root, insides))
    }

    /// Tells the folders on the way to what was found from those beside it.
    fn sorted(mut self, root: &str, mut insides: Vec<Inside>) -> Self {
        self.logs.sort();
        self.logs.dedup();
        let logs = &self.logs;
        let is_on_the_way = |folder: &str| folder == root || logs.iter().any(|found| found.starts_with(folder));
        self.others.retain(|folder| !is_on_the_way(folder) && is_on_the_way(parent(folder)));
        self.others.sort();
        insides.retain(|inside| is_on_the_way(&inside.folder));
        insides.sort_by(|one, other| one.folder.cmp(&other.folder));
        for inside in insides {
            self.objects.count += inside.objects.count;
            self.objects.first.extend(inside.objects.first);
        }
        self
    }

    /// What to tell about what is not read, or about all of `folder` being read.
    pub fn warnings(&self, bucket: &str, folder: &str) -> Vec<String> {
        if self.logs.is_empty() {
            let all = format!(
                "{bucket}/{folder} holds too many folders to look into each: no AWSLogs/ was found in those looked at, so \
                 all of it is read: name the folder of the logs as INPUT to read that alone"
            );
            return (self.is_cut || self.is_shallow).then_some(all).into_iter().collect();
        }
        let left = |count: u64, word: &str, first: &[String]| {
            let named: Vec<_> = first.iter().take(EXAMPLES).map(|name| format!("{bucket}/{name}")).collect();
            let more = if count > named.len() as u64 { ", …" } else { "" };
            let (what, named) = (quantity(count, word), named.join(", "));
            format!("{what} beside AWSLogs/ left unread ({named}{more}): name one as INPUT to read it")
        };
        let folders = self.others.len() as u64;
        let cut = format!(
            "{bucket}/{folder} holds too many folders to look into each: name one as INPUT if there are logs in it"
        );
        let told = [
            (folders > 0).then(|| left(folders, "folder", &self.others)),
            (self.objects.count > 0).then(|| left(self.objects.count, "object", &self.objects.first)),
            self.is_cut.then_some(cut),
        ];
        told.into_iter().flatten().collect()
    }
}

impl Objects {
    fn see(&mut self, objects: Vec<Listed>) {
        // A folder's own marker is nothing to read.
        for object in objects.into_iter().filter(|object| !(object.size == 0 && object.key.ends_with('/'))) {
            self.count += 1;
            if self.first.len() < EXAMPLES {
                self.first.push(object.key.into());
            }
        }
    }
}

async fn inside(bucket: Arc<Bucket>, folder: String) -> Result<Inside, Refusal> {
    let mut pages = bucket.pages(ListRequest::folders_of(&folder));
    let mut inside = Inside::default();
    for _ in 0..PAGES {
        let Some(page) = pages.next().await? else {
            return Ok(Inside { folder, ..inside });
        };
        inside.objects.see(page.objects);
        inside.folders.extend(page.folders);
        if !page.more {
            return Ok(Inside { folder, ..inside });
        }
    }
    // `AWSLogs/` sorts before most names and `o-…/` behind many: what is missing of them is asked for.
    for own in ["AWSLogs/", "o-"] {
        let prefix = format!("{folder}{own}");
        if own.ends_with('/') {
            let known = inside.folders.contains(&prefix);
            inside.folders.extend((!known && bucket.is_any(&prefix).await?).then_some(prefix));
        } else if let Some(page) = bucket.pages(ListRequest::folders_of(&prefix)).next().await? {
            let organizations = page.folders.into_iter().filter(|folder| is_organization(last_part(folder)));
            let missing: Vec<_> = organizations.filter(|folder| !inside.folders.contains(folder)).collect();
            inside.folders.extend(missing);
        }
    }
    Ok(Inside { folder, is_cut: true, ..inside })
}

/// The `AWSLogs/` in folders of which nothing else is asked.
async fn holding_logs(bucket: &Arc<Bucket>, folders: Vec<String>) -> Result<Vec<String>, Refusal> {
    let ask = |folder: String| {
        let bucket = Arc::clone(bucket);
        async move {
            let logs = format!("{folder}AWSLogs/");
            Ok(bucket.is_any(&logs).await?.then_some(logs))
        }
    };
    Ok(all(folders.into_iter().map(ask)).await?.into_iter().flatten().collect())
}

/// What all of many requests come to, some at a time.
async fn all<T, R>(requests: impl Iterator<Item = R>) -> Result<Vec<T>, Refusal>
where
    T: Send + 'static,
    R: Future<Output = Result<T, Refusal>> + Send + 'static,
{
    let (mut under_way, mut done) = (JoinSet::new(), Vec::new());
    let stopped = |_| Refusal::passing("the listing was stopped");
    for request in requests {
        if under_way.len() >= AT_ONCE
            && let Some(one) = under_way.join_next().await
        {
            done.push(one.map_err(stopped)??);
        }
        under_way.spawn(request);
    }
    while let Some(one) = under_way.join_next().await {
        done.push(one.map_err(stopped)??);
    }
    Ok(done)
}

/// The folder that a folder lies in.
fn parent(key: &str) -> &str {
    let key = key.strip_suffix('/').unwrap_or(key);
    key.rfind('/').map_or("", |slash| &key[..=slash])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn what_lies_beside_the_way_is_told_and_not_read() {
        let inside = |folder: &str, count| {
            let first = vec![format!("{folder}x.json")];
            Inside { folder: folder.to_owned(), objects: Objects { count, first }, ..Inside::default() }
        };
        let explored = Explored {
            logs: texts(&["a/b/AWSLogs/", "AWSLogs/"]),
            others: texts(&["a/", "d/", "a/b/", "a/c/", "d/e/"]),
            ..Explored::default()
        };
        let explored = explored.sorted("", vec![inside("a/c/", 9), inside("a/", 4), inside("", 2), inside("d/", 9)]);
        assert_eq!(explored.others, ["a/c/", "d/"]);
        let warnings = explored.warnings("s3://b", "");
        assert_eq!(warnings.len(), 2, "{warnings:?}");
        assert!(
            warnings[0].starts_with("2 folders") && warnings[0].contains("s3://b/a/c/, s3://b/d/)"),
            "{warnings:?}"
        );
        let objects = "6 objects beside AWSLogs/ left unread (s3://b/x.json, s3://b/a/x.json, …): name";
        assert!(warnings[1].starts_with(objects), "{warnings:?}");
        assert!(Explored::default().warnings("s3://b", "").is_empty());
    }

    #[test]
    fn what_was_not_looked_into_is_told() {
        let cut = Explored { is_cut: true, ..Explored::default() };
        assert!(cut.warnings("s3://b", "x/")[0].starts_with("s3://b/x/ holds too many folders"));
        let found = Explored { logs: texts(&["AWSLogs/"]), ..cut };
        assert_eq!(found.warnings("s3://b", "").len(), 1);
    }
}
