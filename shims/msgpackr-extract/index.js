// msgpackr goes on without its accelerator if that cannot be loaded.
throw new Error('msgpackr-extract is not installed');
