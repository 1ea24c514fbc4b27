local ____exports = {}
--- Whether a finding is evidence against the address it came from.
____exports.isEvidence = function(finding, block) return finding.score >= block and finding.action ~= "flag" and finding.isWeak ~= true end
return ____exports
