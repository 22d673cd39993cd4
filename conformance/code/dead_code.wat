;; Code that cannot be reached makes no records and costs nothing; a constant condition does not make code unreachable.
(module
  (func (export "dead") (result i32)
    block (result i32)
      i32.const 1
      br 0
      i32.const 2
      i32.add
      loop
        nop
      end
    end
    return
    i32.const 3)
  (func (export "alive") (result i32)
    block
      i32.const 1
      br_if 0
      i32.const 7
      return
    end
    i32.const 8)
  (func (export "empty")))
;; == lockstep-1
;; function 0: params 0, locals 0, results 1, window 1, cost 5
;;   0: charge 13 checked
;;   1: const_u32 s0, 1
;;   2: jump -> 3
;;   3: charge 3
;;   4: return s0
;; function 1: params 0, locals 0, results 1, window 1, cost 5
;;   0: charge 13 checked
;;   1: const_u32 s0, 1
;;   2: br_if i32.ne s0, 0 -> 7
;;   4: charge 4
;;   5: const_u32 s0, 7
;;   6: return s0
;;   7: charge 2
;;   8: const_u32 s0, 8
;;   9: return s0
;; function 2: params 0, locals 0, results 0, window 0, cost 4
;;   0: charge 9 checked
;;   1: return
;; == cosmwasm-3.0.8
;; function 0: params 0, locals 0, results 1, window 1, cost 5
;;   0: const_u32 s0, 1
;;   1: charge 1840 checked
;;   2: jump -> 3
;;   3: charge 1610
;;   4: return s0
;; function 1: params 0, locals 0, results 1, window 1, cost 5
;;   0: const_u32 s0, 1
;;   1: charge 1840 checked
;;   2: br_if i32.ne s0, 0 -> 7
;;   4: charge 1725
;;   5: const_u32 s0, 7
;;   6: return s0
;;   7: charge 1725
;;   8: const_u32 s0, 8
;;   9: return s0
;; function 2: params 0, locals 0, results 0, window 0, cost 4
;;   0: charge 1610 checked
;;   1: return
