;; The pages asked for are paid before the attempt, also when it fails; whether it fails depends on the limits alone.
(module
  (memory 1 3)
  (func (export "grow") (param i32) (result i32)
    local.get 0
    memory.grow))
;; expect lockstep-1: grow(0) => [i32:1], gas 110
;; expect lockstep-1: grow(2) => [i32:1], gas 8302
;; expect lockstep-1: grow(3) => [i32:4294967295], gas 12398
;; expect lockstep-1: grow(4294967295) => [i32:4294967295], gas 17592186040430
;; expect lockstep-1 limit 4200: grow(1) => trap out_of_gas, gas 4200
;; expect lockstep-1: grow(1) grow(1) grow(1) => [i32:4294967295], gas 4206
;; expect cosmwasm-3.0.8: grow(2) => [i32:1], gas 1840
;; expect cosmwasm-3.0.8: grow(4294967295) => [i32:4294967295], gas 1840
