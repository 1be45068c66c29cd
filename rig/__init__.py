"""The act: benches, runner, pulse finder, record, replay; `rig.commands` holds the verbs."""
