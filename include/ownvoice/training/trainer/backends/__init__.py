"""The two ways to train: Unsloth, and plain TRL with PEFT."""
