;; Each round of a loop pays, the empty one too, and an endless loop ends with its gas.
(module
  (func (export "count") (param i32)
    loop
      local.get 0
      i32.const 1
      i32.sub
      local.tee 0
      br_if 0
    end)
  (func (export "endless")
    loop
      br 0
    end))
;; expect lockstep-1: count(1) => [], gas 19
;; expect lockstep-1: count(2) => [], gas 27
;; expect lockstep-1: count(1000) => [], gas 8011
;; expect lockstep-1 limit 1000000: endless() => trap out_of_gas, gas 1000000
;; expect cosmwasm-3.0.8: count(1) => [], gas 6900
;; expect cosmwasm-3.0.8: count(2) => [], gas 8970
;; expect cosmwasm-3.0.8: count(1000) => [], gas 2074830
;; expect cosmwasm-3.0.8 limit 1000000: endless() => trap out_of_gas, gas 1000000
