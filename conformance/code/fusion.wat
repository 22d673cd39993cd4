;; Constants as right operands, comparisons fused with branches, eqz folded into both kinds of branches.
(module
  (func (export "run") (param i32 i64) (result i32)
    block
      local.get 0
      i32.const 100
      i32.lt_u
      br_if 0
      local.get 1
      i64.const -5
      i64.gt_s
      i32.eqz
      br_if 0
      local.get 0
      i32.eqz
      if
        local.get 0
        i32.const 70000
        i32.add
        local.set 0
      end
      local.get 1
      i64.const 0x123456789abcdef
      i64.xor
      local.get 1
      i64.ne
      br_if 0
      i32.const 1
      return
    end
    local.get 0
    i32.const -1
    i32.mul))
;; == lockstep-1
;; function 0: params 2, locals 0, results 1, window 4, cost 8
;;   0: charge 16 checked
;;   1: br_if i32.lt_u s0, 100 -> 21
;;   3: charge 9
;;   4: i64.gt_s s2, s1, -5
;;   5: br_if i32.eq s2, 0 -> 21
;;   7: charge 6
;;   8: br_if i32.ne s0, 0 -> 13
;;   10: charge 6
;;   11: i32.add s0, s0, 70000
;;   13: charge 10
;;   14: i64.xor s2, s1, 81985529216486895
;;   16: br_if i64.ne s2, s1 -> 21
;;   18: charge 4
;;   19: const_u32 s2, 1
;;   20: return s2
;;   21: charge 5
;;   22: i32.mul s2, s0, -1
;;   23: return s2
;; == cosmwasm-3.0.8
;; function 0: params 2, locals 0, results 1, window 4, cost 8
;;   0: charge 2070 checked
;;   1: br_if i32.lt_u s0, 100 -> 21
;;   3: i64.gt_s s2, s1, -5
;;   4: charge 2070
;;   5: br_if i32.eq s2, 0 -> 21
;;   7: charge 1840
;;   8: br_if i32.ne s0, 0 -> 13
;;   10: i32.add s0, s0, 70000
;;   12: charge 2070
;;   13: i64.xor s2, s1, 81985529216486895
;;   15: charge 2185
;;   16: br_if i64.ne s2, s1 -> 21
;;   18: charge 1725
;;   19: const_u32 s2, 1
;;   20: return s2
;;   21: i32.mul s2, s0, -1
;;   22: charge 1955
;;   23: return s2
