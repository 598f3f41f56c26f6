//! Stories of a signing process.

use super::Server;
use crate::mock::{Delivered, NotPossible, Scene};

impl Server {
    /// Plays a scene with a signing process, and delivers what it leads to.
    ///
    /// # Errors
    ///
    /// There is no such process, it is not live, or nothing is known of such a thing happening: neither refusals nor
    /// deadlines are documented.
    pub async fn play(&self, scene: Scene, process: impl AsRef<str>) -> Result<Vec<Delivered>, NotPossible> {
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
        Ok(self.deliver_due().await)
    }
}
