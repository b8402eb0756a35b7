-- Flagged items that no later version replaced: batch_id, file_name, row_number, flow, commodity, score,
-- times_median; largest |score| first.
SELECT batch_id, file_name, review.row_number, flow, commodity, score, times_median
FROM review JOIN batch USING (batch_id)
WHERE NOT EXISTS (
    SELECT 1 FROM superseded
    WHERE superseded.batch_id = review.batch_id AND superseded.row_number = review.row_number
)
ORDER BY abs(score) DESC, batch_id, review.row_number
LIMIT $limit
