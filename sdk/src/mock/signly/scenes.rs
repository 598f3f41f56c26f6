//! Stories of a document.

use super::Server;
use super::life::Step;
use crate::mock::scene::plays;
use crate::mock::{NotPossible, Scene};

/// More attempts than a document can allow are never needed to use them up.
const MOST_ATTEMPTS: usize = 1000;

plays!(Server);

impl Server {
    /// Plays a scene with a document. What it leads to is [due](Self::due).
    ///
    /// # Errors
    ///
    /// There is no such document, it is over, or the scene cannot happen to it. What could be played of it has happened.
    pub fn stage(&self, scene: Scene, document: impl AsRef<str>) -> Result<(), NotPossible> {
        match scene {
            Scene::EveryoneSigns => self.play_everyone_signs(document)?,
            Scene::SecondSignerRefuses => self.second_fails(document.as_ref())?,
            Scene::DeadlinePasses => {
                let deadline = self.state.publishing().deadline(document.as_ref());
                let deadline = deadline.ok_or(NotPossible::because("the document has no deadline"))?;
                self.state.clock.set(deadline);
            }
        }
        Ok(())
    }

    /// The first one signs; the second one uses up the attempts.
    fn second_fails(&self, document: &str) -> Result<(), NotPossible> {
        let now = self.state.clock.now();
        let mut store = self.state.publishing();
        let [first, second] =
            store.first_two(document).ok_or(NotPossible::because("it has no two participants"))?;
        store.signs(&first, now)?;
        store.step(&second, Step::Open, now)?;
        for _ in 0..MOST_ATTEMPTS {
            if !store.is_open(&second) {
                return Ok(());
            }
            let proving = store.step(&second, Step::Prove { passes: false }, now);
            if proving.is_err() {
                // A code has to be sent once before it can be entered wrongly.
                if store.step(&second, Step::EnterCode { right: false }, now).is_err() {
                    store.step(&second, Step::SendCode, now)?;
                }
            }
        }
        Err(NotPossible::because("the attempts are not used up by failing"))
    }
}
