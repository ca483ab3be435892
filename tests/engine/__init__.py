"""The engine as a whole: business clock, ticket marts and incremental builds, on random sites."""
