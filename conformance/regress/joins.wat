;; The end of a block that no branch names is no join; the end of an `if` without `else` is one. A target named often in
;; a br_table is one target.
(module
  (func (export "plain") (param i32)
    block
      nop
    end
    nop)
  (func (export "named") (param i32)
    block
      local.get 0
      br_if 0
    end
    nop)
  (func (export "if") (param i32)
    local.get 0
    if
      nop
    end
    nop)
  (func (export "table") (param i32) (result i32)
    block
      block
        local.get 0
        br_table 0 0 1 0 0
      end
      i32.const 5
      return
    end
    i32.const 6))
;; expect lockstep-1: plain(0) => [], gas 13
;; expect lockstep-1: named(0) => [], gas 16
;; expect lockstep-1: named(1) => [], gas 15
;; expect lockstep-1: if(0) => [], gas 14
;; expect lockstep-1: if(1) => [], gas 16
;; expect lockstep-1: table(0) => [i32:5], gas 18
;; expect lockstep-1: table(2) => [i32:6], gas 16
;; expect lockstep-1: table(4294967295) => [i32:5], gas 18
;; expect cosmwasm-3.0.8: plain(0) => [], gas 3565
;; expect cosmwasm-3.0.8: named(0) => [], gas 5175
;; expect cosmwasm-3.0.8: named(1) => [], gas 3565
;; expect cosmwasm-3.0.8: if(0) => [], gas 3450
;; expect cosmwasm-3.0.8: if(1) => [], gas 5175
;; expect cosmwasm-3.0.8: table(0) => [i32:5], gas 3680
;; expect cosmwasm-3.0.8: table(2) => [i32:6], gas 3680
