//! Reports: what agents wrote, and what was bought through their links.
