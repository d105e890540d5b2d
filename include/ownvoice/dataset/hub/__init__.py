"""The dataset on the Hugging Face Hub: shards that stay as they are, a card, one commit a push."""
