//! The list of vendors: two lines each.

pub mod balesotomatis;
pub mod cekat;
pub mod heltar;
pub mod myoperator;
pub mod omnichat;

use crate::kernel::routes::{Mounted, Unmountable};

/// Mounts every vendor, in the order of their names.
///
/// # Errors
/// When one's contract or routes are wrong.
pub fn mount() -> Result<Vec<Mounted>, Unmountable> {
    Ok(vec![
        Mounted::new::<balesotomatis::BalesOtomatis>()?,
        Mounted::new::<cekat::Cekat>()?,
        Mounted::new::<heltar::Heltar>()?,
        Mounted::new::<myoperator::MyOperator>()?,
        Mounted::new::<omnichat::Omnichat>()?,
    ])
}
