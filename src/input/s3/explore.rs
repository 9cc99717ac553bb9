//! Looking for `AWSLogs/` below a folder that is in no layout: the root of a bucket, or the prefix of a trail.

use std::sync::Arc;

use tokio::task::JoinSet;

use super::bucket::{Bucket, ListRequest};
use super::explain::Refusal;
use super::place::last_part;
use crate::model::quantity;

/// How many levels of folders are looked into.
const LEVELS: usize = 4;
/// How many folders are looked into at most; a bucket with more on the way is read flat, or in what was found.
const FOLDERS: usize = 200;

/// What was found below a folder.
#[derive(Debug, Default)]
pub struct Explored {
    /// `AWSLogs/` folders.
    pub logs: Vec<String>,
    /// Folders on the way there that hold objects themselves. There may be millions of those, so none is kept.
    pub with_objects: Vec<String>,
    /// Folders without an `AWSLogs/` below, as far as was looked.
    pub others: Vec<String>,
}

impl Explored {
    /// Looks below `root`, level by level, each level's folders in parallel.
    ///
    /// # Errors
    /// When a folder cannot be listed.
    pub async fn below(bucket: &Arc<Bucket>, root: &str) -> Result<Self, Refusal> {
        let (mut logs, mut with_objects, mut folders) = (Vec::new(), Vec::new(), Vec::new());
        let mut level = vec![root.to_owned()];
        for _ in 0..LEVELS {
            let mut next = Vec::new();
            for inside in inside_all(bucket, std::mem::take(&mut level)).await? {
                let (found, others): (Vec<_>, Vec<_>) =
                    inside.folders.into_iter().partition(|folder| last_part(folder) == "AWSLogs");
                logs.extend(found);
                with_objects.extend(inside.has_objects.then_some(inside.folder));
                next.extend(others);
            }
            folders.extend(next.iter().cloned());
            if folders.len() > FOLDERS {
                break;
            }
            level = next;
        }
        Ok(Self::sorted(root, logs, with_objects, folders))
    }

    /// Tells the folders on the way to what was found from those beside it.
    fn sorted(root: &str, mut logs: Vec<String>, mut with_objects: Vec<String>, folders: Vec<String>) -> Self {
        logs.sort();
        let is_on_the_way = |folder: &str| folder == root || logs.iter().any(|found| found.starts_with(folder));
        let mut others = folders;
        others.retain(|folder| !is_on_the_way(folder) && is_on_the_way(parent(folder)));
        others.sort();
        with_objects.retain(|folder| is_on_the_way(folder));
        with_objects.sort();
        Self { logs, with_objects, others }
    }

    /// What to tell about folders that are not read.
    pub fn warning(&self, bucket: &str) -> Option<String> {
        let named: Vec<_> = self.others.iter().take(3).map(|folder| format!("{bucket}/{folder}")).collect();
        (!named.is_empty()).then(|| {
            format!(
                "{} beside AWSLogs/ left unread ({}{}): name one as INPUT to read it",
                quantity(self.others.len() as u64, "folder"),
                named.join(", "),
                if self.others.len() > named.len() { ", …" } else { "" }
            )
        })
    }
}

/// What is directly in a folder.
struct Inside {
    folder: String,
    folders: Vec<String>,
    has_objects: bool,
}

async fn inside(bucket: Arc<Bucket>, folder: String) -> Result<Inside, Refusal> {
    let mut request = ListRequest { prefix: folder.clone(), by_folder: true, ..ListRequest::default() };
    let mut inside = Inside { folder, folders: Vec::new(), has_objects: false };
    loop {
        let page = bucket.list(&request).await?;
        inside.has_objects |= !page.objects.is_empty();
        inside.folders.extend(page.folders);
        request.page = page.next;
        if request.page.is_none() {
            return Ok(inside);
        }
    }
}

async fn inside_all(bucket: &Arc<Bucket>, folders: Vec<String>) -> Result<Vec<Inside>, Refusal> {
    let mut listings: JoinSet<_> = folders.into_iter().map(|folder| inside(Arc::clone(bucket), folder)).collect();
    let mut all = Vec::new();
    while let Some(one) = listings.join_next().await {
        all.push(one.map_err(|_| Refusal::passing("the listing was stopped"))??);
    }
    Ok(all)
}

/// The folder that a folder lies in.
fn parent(key: &str) -> &str {
    let key = key.strip_suffix('/').unwrap_or(key);
    key.rfind('/').map_or("", |slash| &key[..=slash])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_beside_the_way_is_told_and_not_read() {
        let texts = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let explored = Explored::sorted(
            "",
            texts(&["a/b/AWSLogs/", "AWSLogs/"]),
            texts(&["a/c/", "a/", "", "d/"]),
            texts(&["a/", "d/", "a/b/", "a/c/", "d/e/"]),
        );
        assert_eq!(explored.others, ["a/c/", "d/"]);
        assert_eq!(explored.with_objects, ["", "a/"]);
        let warning = explored.warning("s3://b").unwrap();
        assert!(warning.starts_with("2 folders") && warning.contains("s3://b/a/c/, s3://b/d/)"), "{warning}");
        assert_eq!(Explored::default().warning("s3://b"), None);
    }
}
