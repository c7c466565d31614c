"""What Alembic runs: the migrations, on the connection that `shared.migrations` opened."""

from alembic import context
from sqlmodel import SQLModel

import shared.jobs.tables  # noqa: F401 the models are the metadata
from debugger import tables  # noqa: F401

context.configure(connection=context.config.attributes["connection"], target_metadata=SQLModel.metadata)
with context.begin_transaction():
    context.run_migrations()
