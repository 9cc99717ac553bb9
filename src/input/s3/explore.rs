//! Looking for `AWSLogs/` below a folder that is in no layout: the root of a bucket, or the prefix of a trail.

use std::sync::Arc;

use tokio::task::JoinSet;

use super::bucket::{Bucket, ListRequest, Listed, Page};
use super::explain::Refusal;
use super::place::last_part;

/// How many levels of folders are looked into.
const LEVELS: usize = 4;
/// How many folders are looked into at most; a bucket with more on the way is read flat, or in what was found.
const FOLDERS: usize = 200;

/// What was found below a folder.
#[derive(Debug, Default)]
pub struct Explored {
    /// `AWSLogs/` folders.
    pub logs: Vec<String>,
    /// Objects beside them, on the way there.
    pub objects: Vec<Listed>,
    /// Folders without an `AWSLogs/` below, as far as was looked.
    pub others: Vec<String>,
}

impl Explored {
    /// Looks below `root`, level by level, each level's folders in parallel.
    ///
    /// # Errors
    /// When a folder cannot be listed.
    pub async fn below(bucket: &Arc<Bucket>, root: &str) -> Result<Self, Refusal> {
        let mut logs = Vec::new();
        let mut objects = Vec::new();
        let mut folders = Vec::new();
        let mut level = vec![root.to_owned()];
        for _ in 0..LEVELS {
            let mut next = Vec::new();
            for page in pages_of(bucket, std::mem::take(&mut level)).await? {
                let (found, others): (Vec<_>, Vec<_>) =
                    page.folders.into_iter().partition(|folder| last_part(folder) == "AWSLogs");
                logs.extend(found);
                objects.extend(page.objects);
                next.extend(others);
            }
            folders.extend(next.iter().cloned());
            if folders.len() > FOLDERS {
                break;
            }
            level = next;
        }
        Ok(Self::sorted(root, logs, objects, folders))
    }

    /// Keeps of folders and objects what lies beside, and not on, the way to what was found.
    fn sorted(root: &str, mut logs: Vec<String>, mut objects: Vec<Listed>, folders: Vec<String>) -> Self {
        logs.sort();
        let is_on_the_way = |folder: &str| folder == root || logs.iter().any(|found| found.starts_with(folder));
        let mut others = folders;
        others.retain(|folder| !is_on_the_way(folder) && is_on_the_way(parent(folder)));
        others.sort();
        objects.retain(|object| is_on_the_way(parent(&object.key)));
        Self { logs, objects, others }
    }

    /// What to tell about folders that are not read.
    pub fn warning(&self, bucket: &str) -> Option<String> {
        let named: Vec<_> = self.others.iter().take(3).map(|folder| format!("{bucket}/{folder}")).collect();
        (!named.is_empty()).then(|| {
            format!(
                "{} folders beside AWSLogs/ hold none and were not read ({}{}): name one as INPUT to read it",
                self.others.len(),
                named.join(", "),
                if self.others.len() > named.len() { ", …" } else { "" }
            )
        })
    }
}

/// Objects and folders directly in a folder.
///
/// # Errors
/// When it cannot be listed.
pub async fn folder(bucket: &Bucket, prefix: &str) -> Result<Page, Refusal> {
    let mut request = ListRequest { prefix: prefix.to_owned(), by_folder: true, ..ListRequest::default() };
    let mut all = Page::default();
    loop {
        let page = bucket.list(&request).await?;
        all.objects.extend(page.objects);
        all.folders.extend(page.folders);
        request.page = page.next;
        if request.page.is_none() {
            return Ok(all);
        }
    }
}

async fn pages_of(bucket: &Arc<Bucket>, folders: Vec<String>) -> Result<Vec<Page>, Refusal> {
    let mut listings = JoinSet::new();
    for prefix in folders {
        let bucket = Arc::clone(bucket);
        listings.spawn(async move { folder(&bucket, &prefix).await });
    }
    let mut pages = Vec::new();
    while let Some(page) = listings.join_next().await {
        pages.push(page.map_err(|_| Refusal::passing("the listing was stopped"))??);
    }
    Ok(pages)
}

/// The folder that a folder or an object lies in.
fn parent(key: &str) -> &str {
    let key = key.strip_suffix('/').unwrap_or(key);
    key.rfind('/').map_or("", |slash| &key[..=slash])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(key: &str) -> Listed {
        Listed { key: key.into(), size: 1, etag: None, archived: false }
    }

    #[test]
    fn what_lies_beside_the_way_is_told_and_not_read() {
        let texts = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let explored = Explored::sorted(
            "",
            texts(&["a/b/AWSLogs/", "AWSLogs/"]),
            vec![object("x"), object("a/y"), object("a/c/z"), object("d/w")],
            texts(&["a/", "d/", "a/b/", "a/c/", "d/e/"]),
        );
        let keys: Vec<_> = explored.objects.iter().map(|object| &*object.key).collect();
        assert_eq!(explored.others, ["a/c/", "d/"]);
        assert_eq!(keys, ["x", "a/y"]);
        let warning = explored.warning("s3://b").unwrap();
        assert!(warning.starts_with("2 folders") && warning.contains("s3://b/a/c/, s3://b/d/)"), "{warning}");
        assert_eq!(Explored::default().warning("s3://b"), None);
    }
}
