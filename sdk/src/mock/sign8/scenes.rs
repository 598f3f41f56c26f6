//! Stories of a workflow.

use super::Server;
use crate::mock::scene::plays;
use crate::mock::{NotPossible, Scene};

plays!(Server);

impl Server {
    /// Plays a scene with a workflow. What it leads to is [due](Self::due).
    ///
    /// # Errors
    ///
    /// There is no such workflow, it has ended, or nothing is known that would tell of such a thing.
    pub fn stage(&self, scene: Scene, workflow: impl AsRef<str>) -> Result<(), NotPossible> {
        let ended = match scene {
            Scene::SecondSignerRefuses => self.refuse(workflow),
            Scene::DeadlinePasses => self.expire(workflow),
            Scene::EveryoneSigns => {
                return Err(NotPossible::because("SIGN8 is not known to tell that everybody has signed"));
            }
        };
        ended.map_err(|_| NotPossible::because("there is no such workflow, or it has ended"))?;
        Ok(())
    }
}
