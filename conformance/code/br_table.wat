;; br_table with a result: targets at different heights get a stub that moves it, once a target.
(module
  (func (export "run") (param i32) (result i32)
    block $outer (result i32)
      i32.const 1
      block $inner (result i32)
        i32.const 10
        local.get 0
        br_table $inner $outer $inner $outer
      end
      i32.add
    end)
  (func (export "loop") (param i32)
    loop $again
      block $out
        local.get 0
        i32.const 1
        i32.sub
        local.tee 0
        br_table $out $again
      end
    end))
;; == lockstep-1
;; function 0: params 1, locals 0, results 1, window 4, cost 8
;;   0: charge 16 checked
;;   1: const_u32 s2, 10
;;   2: br_table s0 -> 8, 6, 8, 6
;;   6: copy s1, s2
;;   7: jump -> 10
;;   8: charge 3
;;   9: i32.add s1, s2, 1
;;   10: charge 1
;;   11: return s1
;; function 1: params 1, locals 0, results 0, window 3, cost 7
;;   0: charge 9 checked
;;   1: charge 9 checked
;;   2: i32.sub s0, s0, 1
;;   3: br_table s0 -> 6, 1
;;   6: charge 2
;;   7: return
;; == cosmwasm-3.0.8
;; function 0: params 1, locals 0, results 1, window 4, cost 8
;;   0: const_u32 s2, 10
;;   1: charge 2185 checked
;;   2: br_table s0 -> 8, 6, 8, 6
;;   6: copy s1, s2
;;   7: jump -> 10
;;   8: i32.add s1, s2, 1
;;   9: charge 1725
;;   10: charge 1610
;;   11: return s1
;; function 1: params 1, locals 0, results 0, window 3, cost 7
;;   0: charge 1610 checked
;;   1: i32.sub s0, s0, 1
;;   2: charge 2185 checked
;;   3: br_table s0 -> 6, 1
;;   6: charge 1610
;;   7: charge 1610
;;   8: return
