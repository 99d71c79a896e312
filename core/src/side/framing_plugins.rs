//! The framings that plugins bring.

use super::error::SideError;
use super::spec::FramingPlugin;
use crate::engine::PluginFramings;
use crate::framing::{Framing, FramingSpec, PluginName, Role};
use crate::host::{Breadcrumb, Library, Watched};
use std::rc::Rc;

/// Loads what the scenario's plugin framings need.
pub(super) fn load(
    plugins: &[FramingPlugin],
    crumb: &'static Breadcrumb,
) -> Result<PluginFramings, SideError> {
    // In the order of the spec, from which whoever watches tells them apart.
    let mut libraries = Vec::new();
    for plugin in plugins {
        let library = Library::load(&plugin.file).map_err(SideError::FramingPlugin)?;
        libraries.push((plugin.name.clone(), library));
    }
    Ok(Rc::new(move |spec, plugin, role, session| {
        one(&libraries, crumb, spec, plugin, role, session)
    }))
}

fn one(
    libraries: &[(PluginName, Library)],
    crumb: &'static Breadcrumb,
    spec: &FramingSpec,
    plugin: &PluginName,
    role: Role,
    session: Option<u32>,
) -> Result<Box<dyn Framing>, String> {
    let found = libraries.iter().zip(1..).find(|((name, _), _)| name == plugin);
    let ((_, library), number) =
        found.ok_or_else(|| format!("the plugin `{}` was not given to this side", plugin.0))?;
    let watched = Watched { crumb, plugin: number, session };
    let config = serde_json::Value::Object(spec.settings.clone()).to_string();
    library.framing(&spec.kind, &config, role, watched).map_err(|error| error.to_string())
}
