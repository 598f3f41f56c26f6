//! Stories of a document.

use super::Server;
use super::state::{after, find};
use crate::mock::scene::plays;
use crate::mock::{NotPossible, Scene};
use std::time::Duration;

plays!(Server);

impl Server {
    /// Plays a scene with a document. What it leads to is [due](Self::due); the list of every six minutes when
    /// [`advance`](Self::advance) has moved the clock by as much.
    ///
    /// # Errors
    ///
    /// There is no such document, it is over, or the scene cannot happen to it. What could be played of it has happened.
    pub fn stage(&self, scene: Scene, document: impl AsRef<str>) -> Result<(), NotPossible> {
        let document = document.as_ref();
        match scene {
            Scene::EveryoneSigns => self.sign_all(document)?,
            Scene::SecondSignerRefuses => {
                let signers = self.signers(document);
                let [first, second, ..] = signers.as_slice() else {
                    return Err(NotPossible::because("the document has no two signers"));
                };
                self.sign(first)?;
                self.reject(second, "I do not agree.")?;
            }
            Scene::DeadlinePasses => {
                let store = self.state.store();
                let found = find(&store.documents, document);
                let document = found.map_err(|_| NotPossible::because("there is no such document"))?;
                let last = document.signers.iter().filter_map(|signer| signer.expires).max();
                let last = last.ok_or(NotPossible::because("no signer of the document has an expiry"))?;
                drop(store);
                self.state.clock.set(after(last, Duration::from_secs(1)));
            }
        }
        Ok(())
    }
}
