//! The list of vendors: one line each.

use crate::kernel::routes::{Mounted, Unmountable};

/// Declares the vendors: their modules, and how each is mounted.
macro_rules! vendors {
    ($($module:ident :: $vendor:ident),* $(,)?) => {
        $(pub mod $module;)*

        /// Mounts every vendor, in the order of the list.
        ///
        /// # Errors
        /// When one's contract or routes are wrong.
        pub fn mount() -> Result<Vec<Mounted>, Unmountable> {
            Ok(vec![$(Mounted::new::<$module::$vendor>()?),*])
        }

        /// The names of all vendors.
        pub const NAMES: &[&str] = &[$(stringify!($module)),*];
    };
}

vendors! {
    balesotomatis::BalesOtomatis,
    cekat::Cekat,
    heltar::Heltar,
    myoperator::MyOperator,
    omnichat::Omnichat,
}
