//! Stories of a signing process.

use super::Server;
use crate::mock::scene::plays;
use crate::mock::{NotPossible, Scene};

plays!(Server);

impl Server {
    /// Plays a scene with a signing process. What it leads to is [due](Self::due).
    ///
    /// # Errors
    ///
    /// There is no such process, it is not live, or nothing is known of such a thing happening: neither refusals nor
    /// deadlines are documented.
    pub fn stage(&self, scene: Scene, process: impl AsRef<str>) -> Result<(), NotPossible> {
        match scene {
            Scene::EveryoneSigns => {
                let signed = self.sign_all(process);
                signed.map_err(|_| {
                    NotPossible::because("there is no such signing process, or it is not live")
                })?;
            }
            Scene::SecondSignerRefuses => return Err(NotPossible::because("Leap documents no refusal")),
            Scene::DeadlinePasses => return Err(NotPossible::because("Leap documents no deadline")),
        }
        Ok(())
    }
}
