"""The Open Inference Protocol, which KServe and Triton speak: its documents and its tensors, without HTTP."""
