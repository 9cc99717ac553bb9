//! Who reads a place that several may ask for: the first that may list it, so that nothing is read twice.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};

use aws_config::SdkConfig;
use tokio::task::JoinSet;

use super::access::{Access, AccessError};
use super::bucket::{Bucket, ListRequest};
use super::explain::{Next, Refusal};
use super::ledger::{Ledger, Ways};
use super::walk::Walk;
use crate::input::caught::caught_in;
use crate::input::{FoundObject, S3Uri};

/// A place to read.
#[derive(Clone, Debug)]
pub struct S3Place {
    /// The place.
    pub uri: S3Uri,
    /// Who asks there, in turn: the first that may list it reads it. One alone reads what it is let.
    pub who: Vec<Arc<Access>>,
    /// Its objects, where they were listed before: these are read, and nothing else is looked for.
    pub listed: Option<Arc<[FoundObject]>>,
}

/// All who ask, each with credentials that were had once.
struct Askers {
    all: Vec<Asker>,
}

struct Asker {
    access: Arc<Access>,
    connected: Result<SdkConfig, AccessError>,
    buckets: Mutex<BTreeMap<String, Arc<Bucket>>>,
}

/// Walks all places, each with who may read it.
pub async fn walk_all(places: Vec<S3Place>, ways: Ways) {
    let askers = Arc::new(Askers::connect(&places).await);
    askers.tell(&ways.ledger);
    let mut walks = JoinSet::new();
    for place in places {
        walks.spawn(walk(Arc::clone(&askers), place, ways.clone()));
    }
    let ledger = Arc::clone(&ways.ledger);
    drop(ways);
    while walks.join_next().await.is_some() {}
    ledger.list_requests.fetch_add(askers.lists(), Ordering::Relaxed);
}

/// What lies directly in folders, or is what they name.
#[derive(Debug, Default)]
pub struct Shelf {
    /// Objects whose names end as is asked.
    pub objects: Vec<FoundObject>,
    /// What else lies there, if anything does.
    pub beside: Option<String>,
}

/// Looks for objects whose names end with `ending` in each place: directly in the folder that it is, or itself. Nothing of a
/// place that has none, or that cannot be listed: who walks it tells why.
pub async fn shelves(places: &[S3Place], ending: &str) -> Vec<Shelf> {
    let askers = Askers::connect(places).await;
    let mut shelves = Vec::with_capacity(places.len());
    for place in places {
        let looked =
            async { askers.reader(place).await?.shelf(&place.uri.key, ending).await.map_err(|refusal| refusal.why) };
        let shelf: Result<Shelf, String> = looked.await;
        shelves.push(shelf.unwrap_or_default());
    }
    shelves
}

impl Bucket {
    async fn shelf(&self, key: &str, ending: &str) -> Result<Shelf, Refusal> {
        let mut shelf = Shelf::default();
        let is_folder = key.ends_with('/');
        let mut pages = self.pages(ListRequest::folders_of(key));
        while let Some(page) = pages.next().await? {
            for object in page.objects.into_iter().filter(|object| *object.key != *key || !is_folder) {
                // Of a name that others begin with, only the one that it is.
                if !is_folder && *object.key != *key {
                    continue;
                }
                let name = format!("{}/{}", self.uri, object.key);
                if object.key.ends_with(ending) {
                    let (bytes, etag) = (object.size, object.etag.map(String::from));
                    let found = FoundObject { name, bytes, etag, archived: object.archived, named: true };
                    shelf.objects.push(found);
                } else {
                    shelf.beside.get_or_insert(name);
                }
            }
            if let Some(folder) = page.folders.first().filter(|_| is_folder) {
                shelf.beside.get_or_insert_with(|| format!("{}/{folder}", self.uri));
            }
            // A folder of logs may have any number of pages.
            if shelf.objects.is_empty() || !is_folder {
                break;
            }
        }
        Ok(shelf)
    }
}

async fn walk(askers: Arc<Askers>, place: S3Place, ways: Ways) {
    let ledger = Arc::clone(&ways.ledger);
    let walked = caught_in(async {
        let bucket = askers.reader(&place).await?;
        let walk = Walk::new(bucket, place.uri.clone(), ways);
        match &place.listed {
            None => walk.run().await,
            Some(objects) => walk.pass_on(objects).await,
        }
        Ok(())
    });
    if let Err(why) = walked.await.unwrap_or_else(Err) {
        ledger.failed(place.uri.to_string(), why);
    }
}

impl Askers {
    async fn connect(places: &[S3Place]) -> Self {
        let mut who: Vec<Arc<Access>> = Vec::new();
        for access in places.iter().flat_map(|place| &place.who) {
            if who.iter().all(|known| **known != **access) {
                who.push(Arc::clone(access));
            }
        }
        let mut connecting = JoinSet::new();
        for (number, access) in who.into_iter().enumerate() {
            connecting.spawn(async move { (number, access.connect().await, access) });
        }
        let mut all = connecting.join_all().await;
        all.sort_by_key(|(number, ..)| *number);
        let asker = |(_, connected, access)| Asker { access, connected, buckets: Mutex::default() };
        Self { all: all.into_iter().map(asker).collect() }
    }

    /// Of several, those who have no credentials are told once each; one alone is told with each place.
    fn tell(&self, ledger: &Ledger) {
        for asker in self.all.iter().filter(|_| self.all.len() > 1) {
            if let Err(error) = &asker.connected {
                ledger.failed(asker.access.label(), error.unnamed());
            }
        }
    }

    /// How many pages were listed.
    fn lists(&self) -> u64 {
        let all = self.all.iter().map(|asker| asker.buckets.lock().unwrap_or_else(PoisonError::into_inner));
        all.map(|buckets| buckets.values().map(|bucket| bucket.lists()).sum::<u64>()).sum()
    }

    /// The bucket of `place`, asked by the first who may list it.
    async fn reader(&self, place: &S3Place) -> Result<Arc<Bucket>, String> {
        let askers = place.who.iter().filter_map(|access| self.all.iter().find(|asker| *asker.access == **access));
        let mut able = Vec::new();
        for asker in askers {
            match &asker.connected {
                Ok(config) => able.push((asker.access.label(), asker.bucket(&place.uri.bucket, config))),
                Err(error) if self.all.len() == 1 => return Err(error.to_string()),
                Err(_) => {}
            }
        }
        match &able[..] {
            [] => Err("nobody who could ask for it has credentials".to_owned()),
            // The walk tells what it is refused.
            [(_, alone)] => Ok(Arc::clone(alone)),
            _ => first_who_may(able, &place.uri).await,
        }
    }
}

impl Asker {
    fn bucket(&self, name: &str, config: &SdkConfig) -> Arc<Bucket> {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let bucket = buckets.entry(name.to_owned());
        Arc::clone(bucket.or_insert_with(|| Arc::new(Bucket::new(name, &self.access, config.clone()))))
    }
}

async fn first_who_may(able: Vec<(String, Arc<Bucket>)>, uri: &S3Uri) -> Result<Arc<Bucket>, String> {
    let mut why = None;
    for (_, bucket) in &able {
        match try_to_list(bucket, uri).await {
            Ok(()) => return Ok(Arc::clone(bucket)),
            Err(refusal) if matches!(refusal.next, Next::No | Next::End) => why = why.or(Some(refusal.why)),
            // It may be let, but not now: asking with another would not tell who reads it.
            Err(refusal) => return Err(format!("cannot be listed: {}", refusal.why)),
        }
    }
    let names: Vec<&str> = able.iter().map(|(name, _)| name.as_str()).collect();
    Err(format!("none of {} may list it: {}", enumerated(&names), why.unwrap_or_default()))
}

/// Whether a listing is let; of one object reading is enough.
async fn try_to_list(bucket: &Bucket, uri: &S3Uri) -> Result<(), Refusal> {
    let any = ListRequest { prefix: uri.key.clone(), most: Some(1), ..ListRequest::default() };
    match bucket.pages(any).next().await {
        Err(refusal) if refusal.next == Next::No && !uri.key.is_empty() && !uri.key.ends_with('/') => {
            bucket.head(&uri.key).await.map(drop).map_err(|_| refusal)
        }
        listed => listed.map(drop),
    }
}

/// The first of many names.
fn enumerated(names: &[&str]) -> String {
    const SHOWN: usize = 5;
    let shown = names[..names.len().min(SHOWN)].join(", ");
    match names.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_names_are_cut() {
        assert_eq!(enumerated(&["a", "b"]), "a, b");
        assert_eq!(enumerated(&["a", "b", "c", "d", "e", "f", "g"]), "a, b, c, d, e and 2 more");
    }
}
