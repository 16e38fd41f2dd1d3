Option Explicit
Option Private Module

Private heard As Collection
Private lastRows As Long
Private lastColumns As Long

' An error comes from Python as its text; where a whole call failed, the sentence follows it.
Public Function ShownByExcel(ByVal result As Variant) As Variant
    Dim i As Long
    Dim j As Long
    If Not IsArray(result) Then
        NoteShape 1, 1
        ShownByExcel = ShownCell(result)
        Exit Function
    End If
    If IsFlat(result) Then
        NoteShape 1, UBound(result) - LBound(result) + 1
        For i = LBound(result) To UBound(result)
            If VarType(result(i)) = vbString Then result(i) = ShownCell(result(i))
        Next i
    Else
        NoteShape UBound(result, 1) - LBound(result, 1) + 1, UBound(result, 2) - LBound(result, 2) + 1
        For i = LBound(result, 1) To UBound(result, 1)
            For j = LBound(result, 2) To UBound(result, 2)
                If VarType(result(i, j)) = vbString Then result(i, j) = ShownCell(result(i, j))
            Next j
        Next i
    End If
    ShownByExcel = result
End Function

Public Function FailedCall(ByVal formula As String, ByVal why As String) As Variant
    NoteSentence formula & " got no answer from Python: " & why & vbLf & DoctorAdvice()
    FailedCall = CVErr(ErrorNumber("#VALUE!"))
End Function

Private Function ShownCell(ByVal cell As Variant) As Variant
    Dim code As String
    Dim gap As Long
    ShownCell = cell
    If VarType(cell) <> vbString Then Exit Function
    If Left$(cell, 1) <> "#" Then Exit Function
    code = cell
    gap = InStr(code, " ")
    If gap > 0 Then code = Left$(code, gap - 1)
    If ErrorNumber(code) = 0 Then Exit Function
    If gap > 0 Then NoteSentence Mid$(cell, gap + 1)
    ShownCell = CVErr(ErrorNumber(code))
End Function

Private Function IsFlat(ByRef block As Variant) As Boolean
    Dim last As Long
    On Error GoTo flat
    last = UBound(block, 2)
    Exit Function
flat:
    IsFlat = True
End Function

Private Sub NoteShape(ByVal rowCount As Long, ByVal columnCount As Long)
    lastRows = rowCount
    lastColumns = columnCount
End Sub

' How many rows the last call gave.
Public Function RowsGiven() As Long
    RowsGiven = lastRows
End Function

Public Function ColumnsGiven() As Long
    ColumnsGiven = lastColumns
End Function

Private Sub NoteSentence(ByVal sentence As String)
    Dim i As Long
    If heard Is Nothing Then Exit Sub
    For i = heard.Count To 1 Step -1
        If heard.Item(i) = sentence Then heard.Remove i
    Next i
    heard.Add sentence
End Sub

Public Sub StartListening()
    Set heard = New Collection
    NoteShape 0, 0
End Sub

' The sentences raised since StartListening, a line each.
Public Function WhatWasHeard() As String
    Dim found As String
    Dim i As Long
    If heard Is Nothing Then Exit Function
    For i = heard.Count To 1 Step -1
        If found <> "" Then found = found & vbLf
        found = found & heard.Item(i)
    Next i
    Set heard = Nothing
    WhatWasHeard = found
End Function
