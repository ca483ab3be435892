select
    source_id,
    review_id,
    subject_type,
    subject_id,
    agent_id,
    reviewer_id,
    reviewed_at,
    rubric_id,
    rubric_version,
    purpose,
    sampling_weight,
    updated_at,
    load_no
from {{ source('canonical', 'quality_reviews') }}
