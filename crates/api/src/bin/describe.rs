//! `cargo xtask openapi`: writes what is made from the contract, below the folder of the workspace.

use std::path::Path;

fn main() -> std::io::Result<()> {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    for made in sendbox_api::description::made(root)? {
        let path = root.join(&made.path);
        if std::fs::read_to_string(&path).is_ok_and(|there| there == made.content) {
            println!("{}: as it should be", made.path);
            continue;
        }
        std::fs::write(&path, &made.content)?;
        println!("{}: written", made.path);
    }
    Ok(())
}
