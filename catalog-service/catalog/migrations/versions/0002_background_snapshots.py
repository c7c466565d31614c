"""Snapshots are made in the background: they have no hash at first, and a job tells its result."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Let a snapshot wait for its hash, and a job have a result."""
    op.alter_column("snapshots", "content_hash", nullable=True)
    op.add_column("jobs", sa.Column("result", postgresql.JSONB(none_as_null=True), nullable=True))


def downgrade() -> None:
    """Give up the snapshots that wait, and the jobs that the version before does not know."""
    op.execute("""
        UPDATE jobs SET status = 'cancelled', finished_at = now()
        WHERE kind IN ('snapshot', 'add_images', 'remove_images') AND status IN ('queued', 'running')
    """)
    op.execute("DELETE FROM snapshots WHERE content_hash IS NULL")
    op.drop_column("jobs", "result")
    op.alter_column("snapshots", "content_hash", nullable=False)
