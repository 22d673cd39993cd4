;; Zeroing the declared locals is work at every call and has its price: each one under lockstep-1, from the 30th on in
;; 2.2.9, 2.3.4 and 3.0.9, nothing in other CosmWasm releases.
(module
  (func (export "l29") (local i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64)
    (local i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64))
  (func (export "l30") (local i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64)
    (local i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64))
  (func (export "l31") (local i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64)
    (local i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64)))
;; expect lockstep-1: l29() => [], gas 38
;; expect lockstep-1: l31() => [], gas 40
;; expect cosmwasm-1.0.0: l31() => [], gas 150000
;; expect cosmwasm-3.0.8: l31() => [], gas 1610
;; expect cosmwasm-3.0.9: l29() => [], gas 1610
;; expect cosmwasm-3.0.9: l30() => [], gas 1725
;; expect cosmwasm-3.0.9: l31() => [], gas 1840
