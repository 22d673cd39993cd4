;; A charge at the end of a block would let a trap or a return inside it go unpaid (CWA-2024-007).
(module
  (func (export "return") (param i32) (result i32)
    block
      local.get 0
      br_if 0
      i32.const 1
      return
    end
    i32.const 2)
  (func (export "trap") (param i32) (result i32)
    i32.const 7
    local.get 0
    i32.div_u
    i32.const 1
    i32.add))
;; expect lockstep-1: return(0) => [i32:1], gas 17
;; expect lockstep-1: return(1) => [i32:2], gas 15
;; expect lockstep-1: trap(7) => [i32:2], gas 30
;; expect lockstep-1: trap(0) => trap integer_divide_by_zero, gas 30
;; expect cosmwasm-3.0.8: return(0) => [i32:1], gas 3565
;; expect cosmwasm-3.0.8: return(1) => [i32:2], gas 3565
;; expect cosmwasm-3.0.8: trap(7) => [i32:2], gas 2185
;; expect cosmwasm-3.0.8: trap(0) => trap integer_divide_by_zero, gas 0
