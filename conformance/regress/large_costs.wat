;; Limits and prices beyond 32 and 63 bits: a length of 2^32 - 1 pages times its price, a limit of 2^64 - 1, and a limit of
;; which one unit is missing.
(module
  (memory 1 1)
  (func (export "grow") (result i32)
    i32.const -1
    memory.grow)
  (func (export "nothing")))
;; expect lockstep-1 limit 18446744073709551615: grow() => [i32:4294967295], gas 17592186040430
;; expect lockstep-1 limit 17592186040322: grow() => trap out_of_gas, gas 17592186040322
;; expect lockstep-1 limit 9223372036854775808: nothing() => [], gas 9
;; expect lockstep-1 limit 9: nothing() => [], gas 9
;; expect lockstep-1 limit 8: nothing() => trap out_of_gas, gas 8
;; expect lockstep-1 limit 0: nothing() => trap out_of_gas, gas 0
;; expect cosmwasm-3.0.8 limit 1610: nothing() => [], gas 1610
;; expect cosmwasm-3.0.8 limit 1609: nothing() => trap out_of_gas, gas 1609
