;; Calls through two tables, and of the host.
(module
  (type $unary (func (param i32) (result i32)))
  (import "env" "log" (func $log (param i32)))
  (table $a 2 funcref)
  (table $b 2 funcref)
  (elem (table $b) (i32.const 0) func $twice)
  (func $twice (type $unary)
    local.get 0
    i32.const 1
    i32.shl)
  (func (export "run") (param i32) (result i32)
    local.get 0
    call $log
    local.get 0
    local.get 0
    call_indirect $b (type $unary)
    local.get 0
    call_indirect $a (type $unary)))
;; == lockstep-1
;; function 0: params 1, locals 0, results 1, window 3, cost 7
;;   0: charge 13 checked
;;   1: i32.shl s1, s0, 1
;;   2: return s1
;; function 1: params 1, locals 0, results 1, window 3, cost 7
;;   0: charge 19 checked
;;   1: copy s1, s0
;;   2: charge 0 checked
;;   3: call_host base s1, function 0
;;   4: charge 18 checked
;;   5: copy s1, s0
;;   6: call_indirect base s1, index s0, type 0, table 1
;;   8: charge 17 checked
;;   9: call_indirect base s1, index s0, type 0, table 0
;;   11: charge 1 checked
;;   12: return s1
;; == cosmwasm-3.0.8
;; function 0: params 1, locals 0, results 1, window 3, cost 7
;;   0: i32.shl s1, s0, 1
;;   1: charge 1955 checked
;;   2: return s1
;; function 1: params 1, locals 0, results 1, window 3, cost 7
;;   0: copy s1, s0
;;   1: charge 1725 checked
;;   2: call_host base s1, function 0
;;   3: copy s1, s0
;;   4: charge 1840 checked
;;   5: call_indirect base s1, index s0, type 0, table 1
;;   7: charge 1725 checked
;;   8: call_indirect base s1, index s0, type 0, table 0
;;   10: charge 1610 checked
;;   11: return s1
;; == x64
;; function 0
;; (entry)                                      | 0000  cmp rsp, qword ptr [r15 + 0x10]
;;                                              | 0004  jb trap stack_overflow
;;                                              | 000a  sub dword ptr [r15 + 8], 7
;;                                              | 000f  jb trap stack_overflow
;; 0: charge 13 checked                         | 0015  sub r13, 0xd  ; gas
;;                                              | 0019  jns 0020
;;                                              | 001b  call refill
;; 1: i32.shl s1, s0, 1                         | 0020  mov edx, eax
;;                                              | 0022  shl edx, 1
;; 2: return s1                                 | 0025  mov rax, rdx
;;                                              | 0028  add dword ptr [r15 + 8], 7
;;                                              | 002d  ret
;; function 1
;; (entry)                                      | 0000  cmp rsp, qword ptr [r15 + 0x10]
;;                                              | 0004  jb trap stack_overflow
;;                                              | 000a  sub dword ptr [r15 + 8], 7
;;                                              | 000f  jb trap stack_overflow
;; 0: charge 19 checked                         | 0015  sub r13, 0x13  ; gas
;;                                              | 0019  jns 0020
;;                                              | 001b  call refill
;; 1: copy s1, s0                               | 0020  mov rdx, rax
;; 2: charge 0 checked                          | 0023  test r13, r13  ; gas
;;                                              | 0026  jns 002d
;;                                              | 0028  call refill
;; 3: call_host base s1, function 0             | 002d  mov rcx, qword ptr [r15 + 0x38]
;;                                              | 0031  add rcx, 0
;;                                              | 0035  mov qword ptr [rbp - 0x80], rax
;;                                              | 0039  mov rax, rdx
;;                                              | 003c  add rbp, 8
;;                                              | 0040  call foreign
;;                                              | 0045  add rbp, -8
;; 4: charge 18 checked                         | 0049  sub r13, 0x12  ; gas
;;                                              | 004d  jns 0054
;;                                              | 004f  call refill
;; 5: copy s1, s0                               | 0054  mov rax, qword ptr [rbp - 0x80]
;;                                              | 0058  mov rdx, rax
;; 6: call_indirect base s1, index s0, type 0, table 1
;;                                              | 005b  mov rcx, qword ptr [r15 + 0x48]
;;                                              | 005f  mov rcx, qword ptr [rcx + 8]
;;                                              | 0063  mov rbx, qword ptr [rcx + 0x18]
;;                                              | 0067  mov rcx, qword ptr [rcx + 0x10]
;;                                              | 006b  sub rbx, rcx
;;                                              | 006e  shr rbx, 3
;;                                              | 0072  cmp rax, rbx
;;                                              | 0075  jae 012a
;;                                              | 007b  mov rcx, qword ptr [rcx + rax*8]
;;                                              | 007f  test rcx, rcx
;;                                              | 0082  je 012f
;;                                              | 0088  mov rbx, qword ptr [r15 + 0x50]
;;                                              | 008c  mov ebx, dword ptr [rbx]
;;                                              | 008f  cmp ebx, dword ptr [rcx + 0x18]
;;                                              | 0092  jne 0134
;;                                              | 0098  mov rax, rdx
;;                                              | 009b  add rbp, 8
;;                                              | 009f  mov r8, qword ptr [r15 + 0x18]
;;                                              | 00a3  cmp r8, qword ptr [rcx + 0x10]
;;                                              | 00a7  jne 0139
;;                                              | 00ad  call qword ptr [rcx + 0x20]
;;                                              | 00b0  add rbp, -8
;; 8: charge 17 checked                         | 00b4  sub r13, 0x11  ; gas
;;                                              | 00b8  jns 00bf
;;                                              | 00ba  call refill
;; 9: call_indirect base s1, index s0, type 0, table 0
;;                                              | 00bf  mov rdx, qword ptr [rbp - 0x80]
;;                                              | 00c3  mov rcx, qword ptr [r15 + 0x48]
;;                                              | 00c7  mov rcx, qword ptr [rcx]
;;                                              | 00cb  mov rbx, qword ptr [rcx + 0x18]
;;                                              | 00cf  mov rcx, qword ptr [rcx + 0x10]
;;                                              | 00d3  sub rbx, rcx
;;                                              | 00d6  shr rbx, 3
;;                                              | 00da  cmp rdx, rbx
;;                                              | 00dd  jae 0143
;;                                              | 00e3  mov rcx, qword ptr [rcx + rdx*8]
;;                                              | 00e7  test rcx, rcx
;;                                              | 00ea  je 0148
;;                                              | 00f0  mov rbx, qword ptr [r15 + 0x50]
;;                                              | 00f4  mov ebx, dword ptr [rbx]
;;                                              | 00f7  cmp ebx, dword ptr [rcx + 0x18]
;;                                              | 00fa  jne 014d
;;                                              | 0100  add rbp, 8
;;                                              | 0104  mov r8, qword ptr [r15 + 0x18]
;;                                              | 0108  cmp r8, qword ptr [rcx + 0x10]
;;                                              | 010c  jne 0152
;;                                              | 0112  call qword ptr [rcx + 0x20]
;;                                              | 0115  add rbp, -8
;; 11: charge 1 checked                         | 0119  sub r13, 1  ; gas
;;                                              | 011d  jns 0124
;;                                              | 011f  call refill
;; 12: return s1                                | 0124  add dword ptr [r15 + 8], 7
;;                                              | 0129  ret
;; (of 6)                                       | 012a  call trap undefined_element
;; (of 6)                                       | 012f  call trap uninitialized_element
;; (of 6)                                       | 0134  call trap indirect_call_type_mismatch
;; (of 6)                                       | 0139  call foreign
;;                                              | 013e  jmp 00b0
;; (of 9)                                       | 0143  call trap undefined_element
;; (of 9)                                       | 0148  call trap uninitialized_element
;; (of 9)                                       | 014d  call trap indirect_call_type_mismatch
;; (of 9)                                       | 0152  call foreign
;;                                              | 0157  jmp 0115
;; == x64 explicit
;; function 0
;; (entry)                                      | 0000  cmp rsp, qword ptr [r15 + 0x10]
;;                                              | 0004  jb trap stack_overflow
;;                                              | 000a  sub dword ptr [r15 + 8], 7
;;                                              | 000f  jb trap stack_overflow
;; 0: charge 13 checked                         | 0015  sub r13, 0xd  ; gas
;;                                              | 0019  jns 0020
;;                                              | 001b  call refill
;; 1: i32.shl s1, s0, 1                         | 0020  mov edx, eax
;;                                              | 0022  shl edx, 1
;; 2: return s1                                 | 0025  mov rax, rdx
;;                                              | 0028  add dword ptr [r15 + 8], 7
;;                                              | 002d  ret
;; function 1
;; (entry)                                      | 0000  cmp rsp, qword ptr [r15 + 0x10]
;;                                              | 0004  jb trap stack_overflow
;;                                              | 000a  sub dword ptr [r15 + 8], 7
;;                                              | 000f  jb trap stack_overflow
;; 0: charge 19 checked                         | 0015  sub r13, 0x13  ; gas
;;                                              | 0019  jns 0020
;;                                              | 001b  call refill
;; 1: copy s1, s0                               | 0020  mov rdx, rax
;; 2: charge 0 checked                          | 0023  test r13, r13  ; gas
;;                                              | 0026  jns 002d
;;                                              | 0028  call refill
;; 3: call_host base s1, function 0             | 002d  mov rcx, qword ptr [r15 + 0x38]
;;                                              | 0031  add rcx, 0
;;                                              | 0035  mov qword ptr [rbp - 0x80], rax
;;                                              | 0039  mov rax, rdx
;;                                              | 003c  add rbp, 8
;;                                              | 0040  call foreign
;;                                              | 0045  add rbp, -8
;; 4: charge 18 checked                         | 0049  sub r13, 0x12  ; gas
;;                                              | 004d  jns 0054
;;                                              | 004f  call refill
;; 5: copy s1, s0                               | 0054  mov rax, qword ptr [rbp - 0x80]
;;                                              | 0058  mov rdx, rax
;; 6: call_indirect base s1, index s0, type 0, table 1
;;                                              | 005b  mov rcx, qword ptr [r15 + 0x48]
;;                                              | 005f  mov rcx, qword ptr [rcx + 8]
;;                                              | 0063  mov rsi, qword ptr [rcx + 0x18]
;;                                              | 0067  mov rcx, qword ptr [rcx + 0x10]
;;                                              | 006b  sub rsi, rcx
;;                                              | 006e  shr rsi, 3
;;                                              | 0072  cmp rax, rsi
;;                                              | 0075  jae 012a
;;                                              | 007b  mov rcx, qword ptr [rcx + rax*8]
;;                                              | 007f  test rcx, rcx
;;                                              | 0082  je 012f
;;                                              | 0088  mov rsi, qword ptr [r15 + 0x50]
;;                                              | 008c  mov esi, dword ptr [rsi]
;;                                              | 008f  cmp esi, dword ptr [rcx + 0x18]
;;                                              | 0092  jne 0134
;;                                              | 0098  mov rax, rdx
;;                                              | 009b  add rbp, 8
;;                                              | 009f  mov r8, qword ptr [r15 + 0x18]
;;                                              | 00a3  cmp r8, qword ptr [rcx + 0x10]
;;                                              | 00a7  jne 0139
;;                                              | 00ad  call qword ptr [rcx + 0x20]
;;                                              | 00b0  add rbp, -8
;; 8: charge 17 checked                         | 00b4  sub r13, 0x11  ; gas
;;                                              | 00b8  jns 00bf
;;                                              | 00ba  call refill
;; 9: call_indirect base s1, index s0, type 0, table 0
;;                                              | 00bf  mov rdx, qword ptr [rbp - 0x80]
;;                                              | 00c3  mov rcx, qword ptr [r15 + 0x48]
;;                                              | 00c7  mov rcx, qword ptr [rcx]
;;                                              | 00cb  mov rsi, qword ptr [rcx + 0x18]
;;                                              | 00cf  mov rcx, qword ptr [rcx + 0x10]
;;                                              | 00d3  sub rsi, rcx
;;                                              | 00d6  shr rsi, 3
;;                                              | 00da  cmp rdx, rsi
;;                                              | 00dd  jae 0143
;;                                              | 00e3  mov rcx, qword ptr [rcx + rdx*8]
;;                                              | 00e7  test rcx, rcx
;;                                              | 00ea  je 0148
;;                                              | 00f0  mov rsi, qword ptr [r15 + 0x50]
;;                                              | 00f4  mov esi, dword ptr [rsi]
;;                                              | 00f7  cmp esi, dword ptr [rcx + 0x18]
;;                                              | 00fa  jne 014d
;;                                              | 0100  add rbp, 8
;;                                              | 0104  mov r8, qword ptr [r15 + 0x18]
;;                                              | 0108  cmp r8, qword ptr [rcx + 0x10]
;;                                              | 010c  jne 0152
;;                                              | 0112  call qword ptr [rcx + 0x20]
;;                                              | 0115  add rbp, -8
;; 11: charge 1 checked                         | 0119  sub r13, 1  ; gas
;;                                              | 011d  jns 0124
;;                                              | 011f  call refill
;; 12: return s1                                | 0124  add dword ptr [r15 + 8], 7
;;                                              | 0129  ret
;; (of 6)                                       | 012a  call trap undefined_element
;; (of 6)                                       | 012f  call trap uninitialized_element
;; (of 6)                                       | 0134  call trap indirect_call_type_mismatch
;; (of 6)                                       | 0139  call foreign
;;                                              | 013e  jmp 00b0
;; (of 9)                                       | 0143  call trap undefined_element
;; (of 9)                                       | 0148  call trap uninitialized_element
;; (of 9)                                       | 014d  call trap indirect_call_type_mismatch
;; (of 9)                                       | 0152  call foreign
;;                                              | 0157  jmp 0115
;; == a64
;; function 0
;; (entry)                                      | 0000  str x30, [x23, #-8]!
;;                                              | 0004  ldr x16, [x19, #0x10]
;;                                              | 0008  cmp x23, x16
;;                                              | 000c  b.lo trap stack_overflow
;;                                              | 0010  ldr w16, [x19, #8]
;;                                              | 0014  subs w16, w16, #7
;;                                              | 0018  str w16, [x19, #8]
;;                                              | 001c  b.lo trap stack_overflow
;; 0: charge 13 checked                         | 0020  subs x21, x21, #0xd  ; gas
;;                                              | 0024  b.pl 002c
;;                                              | 0028  bl refill
;; 1: i32.shl s1, s0, 1                         | 002c  lsl w1, w0, #1
;; 2: return s1                                 | 0030  mov x0, x1
;;                                              | 0034  ldr w17, [x19, #8]
;;                                              | 0038  add w17, w17, #7
;;                                              | 003c  str w17, [x19, #8]
;;                                              | 0040  ldr x30, [x23], #8
;;                                              | 0044  ret
;; function 1
;; (entry)                                      | 0000  str x30, [x23, #-8]!
;;                                              | 0004  ldr x16, [x19, #0x10]
;;                                              | 0008  cmp x23, x16
;;                                              | 000c  b.lo trap stack_overflow
;;                                              | 0010  ldr w16, [x19, #8]
;;                                              | 0014  subs w16, w16, #7
;;                                              | 0018  str w16, [x19, #8]
;;                                              | 001c  b.lo trap stack_overflow
;; 0: charge 19 checked                         | 0020  subs x21, x21, #0x13  ; gas
;;                                              | 0024  b.pl 002c
;;                                              | 0028  bl refill
;; 1: copy s1, s0                               | 002c  mov x1, x0
;; 2: charge 0 checked                          | 0030  cmp x21, #0  ; gas
;;                                              | 0034  b.pl 003c
;;                                              | 0038  bl refill
;; 3: call_host base s1, function 0             | 003c  ldr x16, [x19, #0x38]
;;                                              | 0040  add x16, x16, #0
;;                                              | 0044  str x0, [x22]
;;                                              | 0048  mov x0, x1
;;                                              | 004c  add x22, x22, #8
;;                                              | 0050  bl foreign
;;                                              | 0054  sub x22, x22, #8
;; 4: charge 18 checked                         | 0058  subs x21, x21, #0x12  ; gas
;;                                              | 005c  b.pl 0064
;;                                              | 0060  bl refill
;; 5: copy s1, s0                               | 0064  ldr x0, [x22]
;;                                              | 0068  mov x1, x0
;; 6: call_indirect base s1, index s0, type 0, table 1
;;                                              | 006c  ldr x16, [x19, #0x48]
;;                                              | 0070  ldr x16, [x16, #8]
;;                                              | 0074  ldr x2, [x16, #0x18]
;;                                              | 0078  ldr x16, [x16, #0x10]
;;                                              | 007c  sub x2, x2, x16
;;                                              | 0080  lsr x2, x2, #3
;;                                              | 0084  cmp x0, x2
;;                                              | 0088  b.hs 0160
;;                                              | 008c  ldr x16, [x16, x0, lsl #3]
;;                                              | 0090  cmp x16, #0
;;                                              | 0094  b.eq 0164
;;                                              | 0098  ldr x2, [x19, #0x50]
;;                                              | 009c  ldr w2, [x2]
;;                                              | 00a0  ldr w17, [x16, #0x18]
;;                                              | 00a4  cmp w2, w17
;;                                              | 00a8  b.ne 0168
;;                                              | 00ac  mov x0, x1
;;                                              | 00b0  add x22, x22, #8
;;                                              | 00b4  ldr x8, [x19, #0x18]
;;                                              | 00b8  ldr x17, [x16, #0x10]
;;                                              | 00bc  cmp x8, x17
;;                                              | 00c0  b.ne 016c
;;                                              | 00c4  ldr x17, [x16, #0x20]
;;                                              | 00c8  blr x17
;;                                              | 00cc  sub x22, x22, #8
;; 8: charge 17 checked                         | 00d0  subs x21, x21, #0x11  ; gas
;;                                              | 00d4  b.pl 00dc
;;                                              | 00d8  bl refill
;; 9: call_indirect base s1, index s0, type 0, table 0
;;                                              | 00dc  ldr x1, [x22]
;;                                              | 00e0  ldr x16, [x19, #0x48]
;;                                              | 00e4  ldr x16, [x16]
;;                                              | 00e8  ldr x2, [x16, #0x18]
;;                                              | 00ec  ldr x16, [x16, #0x10]
;;                                              | 00f0  sub x2, x2, x16
;;                                              | 00f4  lsr x2, x2, #3
;;                                              | 00f8  cmp x1, x2
;;                                              | 00fc  b.hs 0174
;;                                              | 0100  ldr x16, [x16, x1, lsl #3]
;;                                              | 0104  cmp x16, #0
;;                                              | 0108  b.eq 0178
;;                                              | 010c  ldr x2, [x19, #0x50]
;;                                              | 0110  ldr w2, [x2]
;;                                              | 0114  ldr w17, [x16, #0x18]
;;                                              | 0118  cmp w2, w17
;;                                              | 011c  b.ne 017c
;;                                              | 0120  add x22, x22, #8
;;                                              | 0124  ldr x8, [x19, #0x18]
;;                                              | 0128  ldr x17, [x16, #0x10]
;;                                              | 012c  cmp x8, x17
;;                                              | 0130  b.ne 0180
;;                                              | 0134  ldr x17, [x16, #0x20]
;;                                              | 0138  blr x17
;;                                              | 013c  sub x22, x22, #8
;; 11: charge 1 checked                         | 0140  subs x21, x21, #1  ; gas
;;                                              | 0144  b.pl 014c
;;                                              | 0148  bl refill
;; 12: return s1                                | 014c  ldr w17, [x19, #8]
;;                                              | 0150  add w17, w17, #7
;;                                              | 0154  str w17, [x19, #8]
;;                                              | 0158  ldr x30, [x23], #8
;;                                              | 015c  ret
;; (of 6)                                       | 0160  bl trap undefined_element
;; (of 6)                                       | 0164  bl trap uninitialized_element
;; (of 6)                                       | 0168  bl trap indirect_call_type_mismatch
;; (of 6)                                       | 016c  bl foreign
;;                                              | 0170  b 00cc
;; (of 9)                                       | 0174  bl trap undefined_element
;; (of 9)                                       | 0178  bl trap uninitialized_element
;; (of 9)                                       | 017c  bl trap indirect_call_type_mismatch
;; (of 9)                                       | 0180  bl foreign
;;                                              | 0184  b 013c
