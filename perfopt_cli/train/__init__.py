"""Teaching the model: fine-tuning and RRHF on (slow, fast) pairs."""
