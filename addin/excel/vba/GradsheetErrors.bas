Option Explicit
Option Private Module

Private Const MOST_KEPT As Long = 20

Private latest As Collection
Private heard As Collection

' An error comes from Python as its text; where a whole call failed, the sentence follows it.
Public Function ShownByExcel(ByVal result As Variant) As Variant
    Dim i As Long
    Dim j As Long
    If Not IsArray(result) Then
        ShownByExcel = ShownCell(result)
        Exit Function
    End If
    If IsFlat(result) Then
        For i = LBound(result) To UBound(result)
            If VarType(result(i)) = vbString Then result(i) = ShownCell(result(i))
        Next i
    Else
        For i = LBound(result, 1) To UBound(result, 1)
            For j = LBound(result, 2) To UBound(result, 2)
                If VarType(result(i, j)) = vbString Then result(i, j) = ShownCell(result(i, j))
            Next j
        Next i
    End If
    ShownByExcel = result
End Function

Public Function FailedCall(ByVal formula As String, ByVal why As String) As Variant
    NoteSentence formula & " got no answer from Python: " & why & vbLf & "Run gradsheet doctor excel in a terminal."
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

Private Sub NoteSentence(ByVal sentence As String)
    If latest Is Nothing Then Set latest = New Collection
    KeepOnce latest, sentence
    If latest.Count > MOST_KEPT Then latest.Remove 1
    If Not heard Is Nothing Then KeepOnce heard, sentence
End Sub

Private Sub KeepOnce(ByVal kept As Collection, ByVal sentence As String)
    Dim i As Long
    For i = kept.Count To 1 Step -1
        If kept(i) = sentence Then kept.Remove i
    Next i
    kept.Add sentence
End Sub

Public Sub StartListening()
    Set heard = New Collection
End Sub

' The sentences raised since StartListening, a line each.
Public Function WhatWasHeard() As String
    If Not heard Is Nothing Then WhatWasHeard = Lines(heard)
    Set heard = Nothing
End Function

' The latest sentences, the newest first.
Public Function LatestSentences() As String
    If Not latest Is Nothing Then LatestSentences = Lines(latest)
End Function

Private Function Lines(ByVal kept As Collection) As String
    Dim i As Long
    For i = kept.Count To 1 Step -1
        If Lines <> "" Then Lines = Lines & vbLf
        Lines = Lines & kept(i)
    Next i
End Function
