//! The images of both programs: what their Dockerfile says, as text. Building it needs Docker, and a network.

use std::fs;

use crate::compare::repository;

#[test]
fn the_images_are_small_and_belong_to_nobody_in_particular() {
    let dockerfile = fs::read_to_string(repository("examples/image/Dockerfile")).expect("it is there");
    let manifest = fs::read_to_string(repository("Cargo.toml")).expect("it is there");
    let rust = manifest.lines().find_map(|line| line.strip_prefix("rust-version = \"")?.strip_suffix('"'));
    let rust = rust.expect("the manifest names the oldest Rust");
    assert!(dockerfile.contains(&format!("FROM --platform=$BUILDPLATFORM rust:{rust}-alpine AS build")));
    assert!(dockerfile.contains("cargo build --profile dist --locked") && manifest.contains("\n[profile.dist]"));
    for program in ["cassc", "cassc-step"] {
        let (_, image) = dockerfile.split_once(&format!("\nFROM scratch AS {program}\n")).expect("an image of it");
        let image = image.split("\nFROM ").next().expect("a text has a first part");
        for line in [
            format!("COPY --from=build /programs/{program} /{program}\n"),
            format!("ENTRYPOINT [\"/{program}\"]\n"),
            "USER 65532:65532\n".to_owned(),
        ] {
            assert!(image.contains(&line), "{program} has no {line}");
        }
        assert!(dockerfile.contains(&format!(" --bin {program}")), "{program} is built");
        for label in ["title", "description", "source", "licenses", "version"] {
            assert!(image.contains(&format!("org.opencontainers.image.{label}=")), "{program} has no label {label}");
        }
    }
}
