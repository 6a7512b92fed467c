"""A model behind the OpenAI chat API: Ollama, llama.cpp's llama-server, LM Studio, vLLM.

``address.py`` reads what the user named, ``wire.py`` is one HTTP request that
can be ended at any moment, ``client.py`` one question with its repeats,
``answers.py`` what comes back, ``faults.py`` what goes wrong, in words;
``model.py`` is the backend.
"""
