"""Lambda's control plane; importing this module registers every operation of it that is emulated."""

from lambdatop.emulator import (  # noqa: F401  each registers its operations
    lambda_concurrency,
    lambda_functions,
    lambda_invoke,
    lambda_layers,
    lambda_mappings,
    lambda_tags,
    lambda_versions,
)
